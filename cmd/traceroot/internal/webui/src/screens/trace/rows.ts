// The rows of the tree. Spans are open and groups are folded unless the reader turned them. A trace has as many rows as
// spans, of which few are ever seen: a row is a few numbers until it is.
import { codesOf, inner, outliers } from "./groups";
import { ancestors, idOf, type Entry, type Model } from "./model";

export interface RowItem {
  key: string; // what the URL and the set of turned rows name it by
  entry: Entry;
  depth: number;
  foldable: boolean;
  open: boolean;
}

export const groupKey = (id: string) => `g:${id}`;
export const missingKey = (id: string) => `m:${id}`;

export function keyOf(m: Model, e: Entry): string {
  if (e.is === "span") return idOf(m, e.span);
  return e.is === "group" ? groupKey(e.group.id) : missingKey(e.id);
}

const foldable = 1, open = 2;

/** Rows from top to bottom. */
export class Rows {
  deepest = 1;
  private readonly spans: number[] = []; // -1: what stands there is in others
  private readonly depths: number[] = [];
  private readonly folds: number[] = [];
  private readonly others = new Map<number, Entry>(); // by place

  constructor(private readonly m: Model) {}

  get length(): number { return this.spans.length; }

  at(place: number): RowItem | undefined {
    const span = this.spans[place];
    if (span === undefined) return undefined;
    const entry: Entry | undefined = span < 0 ? this.others.get(place) : { is: "span", span };
    if (!entry) return undefined;
    const fold = this.folds[place] ?? 0;
    return { key: keyOf(this.m, entry), entry, depth: this.depths[place] ?? 0, foldable: (fold & foldable) !== 0, open: (fold & open) !== 0 };
  }

  slice(from: number, to: number): RowItem[] {
    const found: RowItem[] = [];
    for (let at = Math.max(from, 0); at < Math.min(to, this.length); at++) {
      const row = this.at(at);
      if (row) found.push(row);
    }
    return found;
  }

  /** The place of a row, -1 where there is none. */
  placeOf(key: string): number {
    const span = this.m.byId.get(key);
    if (span !== undefined) return this.spans.indexOf(span);
    for (const [place, entry] of this.others) if (keyOf(this.m, entry) === key) return place;
    return -1;
  }

  add(entry: number | Entry, depth: number, fold: number) {
    if (typeof entry !== "number") this.others.set(this.length, entry);
    this.spans.push(typeof entry === "number" ? entry : -1);
    this.depths.push(depth);
    this.folds.push(fold);
    if (depth > this.deepest) this.deepest = depth;
  }
}

/** What is still to be laid out, the next last. A span is its number. */
class Pending {
  private readonly entries: (number | Entry)[] = [];
  private readonly depths: number[] = [];
  private readonly folds: boolean[] = [];
  depth = 0;
  folded = false;

  push(entries: readonly (number | Entry)[], depth: number, folded: boolean) {
    for (let i = entries.length - 1; i >= 0; i--) {
      this.entries.push(entries[i] ?? 0);
      this.depths.push(depth);
      this.folds.push(folded);
    }
  }

  pop(): number | Entry | undefined {
    this.depth = this.depths.pop() ?? 0;
    this.folded = this.folds.pop() ?? false;
    return this.entries.pop();
  }
}

/** Lays out the rows. The span to reveal is shown, and all above it, even within a folded group. */
export function layRows(m: Model, turned: ReadonlySet<string>, reveal: number): Rows {
  const path = new Set(reveal < 0 ? [] : [reveal, ...ancestors(m, reveal)]);
  const rows = new Rows(m);
  const stack = new Pending();
  stack.push(m.tops, 0, false);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { depth, folded } = stack;
    if (typeof next === "number" && m.kids[next] === undefined) {
      rows.add(next, depth, 0);
      continue;
    }
    const entry: Entry = typeof next === "number" ? { is: "span", span: next } : next;
    const below = belowOf(m, entry, path);
    const foldedAtFirst = entry.is === "group" || folded;
    const isOpen = below.all.length > 0 && foldedAtFirst === turned.has(keyOf(m, entry));
    rows.add(next, depth, (below.all.length > 0 ? foldable : 0) | (isOpen ? open : 0));
    if (isOpen) stack.push(below.all, depth + 1, folded);
    else stack.push(below.always(), depth + 1, true);
  }
  return rows;
}

interface Below { all: readonly (number | Entry)[]; always: () => (number | Entry)[] }

// belowOf are the entries below one: all of them, and those that are shown when it is folded.
function belowOf(m: Model, e: Entry, path: ReadonlySet<number>): Below {
  switch (e.is) {
    case "span": {
      const all = codesOf(m, m.kids[e.span] ?? []);
      return { all, always: () => revealed(all, path) };
    }
    case "missing":
      return { all: codesOf(m, m.orphans.get(e.id) ?? []), always: () => [] };
    case "group": {
      const always = () => {
        const shown = new Set(outliers(m, e.group));
        for (const i of e.group.members) if (path.has(i)) shown.add(i);
        return [...[...shown].sort((a, b) => a - b), ...inner(m, e.group).map((group): Entry => ({ is: "group", group }))];
      };
      return { all: e.group.members, always };
    }
  }
}

// revealed is the way down to the revealed span, within a folded group.
function revealed(all: readonly (number | Entry)[], path: ReadonlySet<number>): number[] {
  if (path.size === 0) return [];
  return all.flatMap((e) => {
    if (typeof e === "number") return path.has(e) ? [e] : [];
    return e.is === "group" ? e.group.members.filter((i) => path.has(i)) : [];
  });
}
