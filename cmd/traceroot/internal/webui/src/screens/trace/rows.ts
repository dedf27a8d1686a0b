// The rows of the tree. Spans are open and groups are folded unless the reader turned them.
import { children, entriesOf, inner, outliers } from "./groups";
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

interface Pending { entry: Entry; depth: number; folded: boolean }

// layRows lays out the rows. The span to reveal is shown, and all above it, even within a folded group.
export function layRows(m: Model, turned: ReadonlySet<string>, reveal: number): RowItem[] {
  const path = new Set(reveal < 0 ? [] : [reveal, ...ancestors(m, reveal)]);
  const rows: RowItem[] = [];
  const stack: Pending[] = [];
  push(stack, m.tops, 0, false);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const key = keyOf(m, next.entry);
    const below = belowOf(m, next.entry, path);
    const foldedAtFirst = next.entry.is === "group" || next.folded;
    const open = below.all.length > 0 && foldedAtFirst === turned.has(key);
    rows.push({ key, entry: next.entry, depth: next.depth, foldable: below.all.length > 0, open });
    if (open) push(stack, below.all, next.depth + 1, next.folded);
    else push(stack, below.always, next.depth + 1, true);
  }
  return rows;
}

function push(stack: Pending[], entries: Entry[], depth: number, folded: boolean) {
  for (const entry of entries.toReversed()) stack.push({ entry, depth, folded });
}

// belowOf are the entries below one: all of them, and those that are shown when it is folded.
function belowOf(m: Model, e: Entry, path: Set<number>): { all: Entry[]; always: Entry[] } {
  const spans = (of: number[]): Entry[] => of.map((span) => ({ is: "span", span }));
  switch (e.is) {
    case "span": {
      const all = children(m, e.span);
      return { all, always: revealed(all, path) };
    }
    case "missing":
      return { all: entriesOf(m, m.orphans.get(e.id) ?? []), always: [] };
    case "group": {
      const shown = new Set(outliers(m, e.group));
      const chosen = e.group.members.filter((i) => path.has(i));
      for (const i of chosen) shown.add(i);
      return {
        all: spans(e.group.members),
        always: [
          ...spans([...shown].sort((a, b) => a - b)),
          ...inner(m, e.group).map((group): Entry => ({ is: "group", group })),
        ],
      };
    }
  }
}

// revealed is the way down to the revealed span, within a folded group.
function revealed(all: Entry[], path: Set<number>): Entry[] {
  if (path.size === 0) return [];
  return all.flatMap((e): Entry[] => {
    if (e.is === "span") return path.has(e.span) ? [e] : [];
    if (e.is === "group") return e.group.members.filter((i) => path.has(i)).map((span) => ({ is: "span", span }));
    return [];
  });
}
