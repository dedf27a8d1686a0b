// The trace as the screen reads it: the columns of the wire, with children, numbers of model calls, links and sums.
import type { Kind, Trace } from "../../wire";

export interface Group {
  id: string;
  parent: number; // index of the parent span; -1 where members have several
  name: string;
  kind: Kind;
  members: number[];
}

// Entry is what can be a row: a span, a group of spans, or a parent that has not arrived.
export type Entry = { is: "span"; span: number } | { is: "group"; group: Group } | { is: "missing"; id: string };

export interface Model {
  trace: Trace;
  count: number;
  byId: Pick<ReadonlyMap<string, number>, "get" | "has">;
  kids: (number[] | undefined)[];
  tops: (number | Entry)[]; // spans by number
  orphans: Map<string, number[]>; // id of a parent that has not arrived → its children
  groups: Map<number, Group[]>; // by index of the parent span
  groupOf: Int32Array; // index into trace.groups, -1
  order: Int32Array; // number of a model call, from 1; 0 of other spans
  asks: Map<number, number[]>; // model call → the tool spans that it asked for
  askedBy: Map<number, number>;
  tokens: Float64Array; // of the span and all below it
  cost: Float64Array;
  partial: Uint8Array; // some tokens below have no price
  running: boolean;
  live: ReadonlySet<string>; // ids of spans that run and that events told of: the server has no content of them yet
  length: number; // ms from the start of the trace to the last end that is known
}

const kinds: Record<string, Kind> = { A: "agent", L: "llm", T: "tool", S: "span" };

export function buildModel(trace: Trace, live: ReadonlySet<string> = new Set()): Model {
  const { id, parent, start, ms } = trace.spans;
  const count = id.length;
  const m: Model = {
    trace, count, live,
    byId: new Places(id), kids: new Array(count), tops: [], orphans: new Map(), groups: new Map(),
    groupOf: new Int32Array(count).fill(-1), order: new Int32Array(count),
    asks: new Map(), askedBy: new Map(),
    tokens: new Float64Array(count), cost: new Float64Array(count), partial: new Uint8Array(count),
    running: trace.row.status === "running", length: trace.row.ms ?? 0,
  };
  for (let i = 0; i < count; i++) {
    const end = (start[i] ?? 0) + Math.max(ms[i] ?? 0, 0);
    if (end > m.length) m.length = end;
    const above = parent[i] ?? -1;
    if (above < 0) placeTop(m, i, above);
    else (m.kids[above] ??= []).push(i);
  }
  trace.groups.forEach((g, n) => {
    for (const i of g.members) m.groupOf[i] = n;
    const under = m.groups.get(g.parent);
    if (under) under.push(g);
    else m.groups.set(g.parent, [g]);
  });
  trace.calls.forEach((i, n) => { m.order[i] = n + 1; });
  for (const [call, tool] of trace.links) {
    m.askedBy.set(tool, call);
    const asked = m.asks.get(call);
    if (asked) asked.push(tool);
    else m.asks.set(call, [tool]);
  }
  addUp(m);
  return m;
}

/** The places of spans by their ids. A table of all of them is made only for those who ask often. */
class Places {
  private all: Map<string, number> | undefined;
  private asked = 0;

  constructor(private readonly ids: readonly string[]) {}

  has(id: string): boolean { return this.get(id) !== undefined; }

  get(id: string): number | undefined {
    if (!id) return undefined;
    if (!this.all && ++this.asked <= 16) {
      const place = this.ids.indexOf(id);
      return place < 0 ? undefined : place;
    }
    this.all ??= new Map(this.ids.map((each, place) => [each, place]));
    return this.all.get(id);
  }
}

function placeTop(m: Model, i: number, parent: number) {
  if (parent === -1) {
    m.tops.push(i);
    return;
  }
  const id = m.trace.spans.parentId[i] ?? "";
  const siblings = m.orphans.get(id);
  if (siblings) {
    siblings.push(i);
    return;
  }
  m.orphans.set(id, [i]);
  m.tops.push({ is: "missing", id });
}

// Parents come before their children, so one pass from the back adds everything up.
function addUp(m: Model) {
  const { tokens, cost, partial } = m;
  const { parent, in: input, out: output, cost: own } = m.trace.spans;
  for (let i = m.count - 1; i >= 0; i--) {
    const price = own[i] ?? 0;
    const tokensHere = (tokens[i] ?? 0) + (input[i] ?? 0) + (output[i] ?? 0);
    const costHere = (cost[i] ?? 0) + Math.max(price, 0);
    tokens[i] = tokensHere;
    cost[i] = costHere;
    if (price < 0) partial[i] = 1;
    const above = parent[i] ?? -1;
    if (above < 0) continue;
    tokens[above] = (tokens[above] ?? 0) + tokensHere;
    cost[above] = (cost[above] ?? 0) + costHere;
    if (partial[i] === 1) partial[above] = 1;
  }
}

const spans = (m: Model) => m.trace.spans;

export const idOf = (m: Model, i: number): string => spans(m).id[i] ?? "";
export const kindOf = (m: Model, i: number): Kind => kinds[spans(m).kind.charAt(i)] ?? "span";
export const nameOf = (m: Model, i: number): string => spans(m).names[spans(m).name[i] ?? -1] ?? "";
export const noteOf = (m: Model, i: number): string => spans(m).note[i] ?? "";
export const statusOf = (m: Model, i: number): string => spans(m).status.charAt(i);
export const parentOf = (m: Model, i: number): number => spans(m).parent[i] ?? -1;
export const startOf = (m: Model, i: number): number => spans(m).start[i] ?? 0;
export const firstTokenOf = (m: Model, i: number): number => spans(m).ttft[i] ?? 0;
export const inOf = (m: Model, i: number): number => spans(m).in[i] ?? 0;
export const outOf = (m: Model, i: number): number => spans(m).out[i] ?? 0;
export const cachedOf = (m: Model, i: number): number => spans(m).cached[i] ?? 0;
export const costOf = (m: Model, i: number): number => spans(m).cost[i] ?? 0; // -1: tokens without a price
export const orderOf = (m: Model, i: number): number => m.order[i] ?? 0;
export const tokensBelow = (m: Model, i: number): number => m.tokens[i] ?? 0;
export const costBelow = (m: Model, i: number): number => m.cost[i] ?? 0;
export const partialBelow = (m: Model, i: number): boolean => m.partial[i] === 1;

export const hasFailed = (m: Model, i: number): boolean => statusOf(m, i) === "!" || statusOf(m, i) === "^";
export const isRunning = (m: Model, i: number): boolean => (spans(m).ms[i] ?? 0) < 0;
export const msOf = (m: Model, i: number): number => Math.max(spans(m).ms[i] ?? 0, 0); // 0 while it runs
export const endOf = (m: Model, i: number, now: number): number =>
  isRunning(m, i) ? Math.max(now, startOf(m, i)) : startOf(m, i) + msOf(m, i);
export const tookOf = (m: Model, i: number, now: number): number => endOf(m, i, now) - startOf(m, i);

// stateOf is how a glyph is painted.
export const stateOf = (m: Model, i: number): "run" | "err" | undefined =>
  isRunning(m, i) ? "run" : hasFailed(m, i) ? "err" : undefined;

// partners of a span: the tools that a model call asked for, or the call that asked for a tool and the one that read it.
export function partners(m: Model, i: number): number[] {
  const by = m.askedBy.get(i);
  return by === undefined ? m.asks.get(i) ?? [] : [by];
}

export function ancestors(m: Model, i: number): number[] {
  const path: number[] = [];
  for (let p = parentOf(m, i); p >= 0 && path.length <= m.count; p = parentOf(m, p)) path.push(p);
  return path;
}

// within reports whether a span is another one or below it.
export const within = (m: Model, i: number, top: number): boolean => i === top || ancestors(m, i).includes(top);
