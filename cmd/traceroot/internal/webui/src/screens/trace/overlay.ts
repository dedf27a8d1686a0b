// Spans that run are told of by events before they are stored. They are laid over what is stored, until they are too.
import type { Event, Kind, Trace } from "../../wire";

export type Started = Extract<Event, { type: "span.start" }>;
export type Ended = Extract<Event, { type: "span.end" }>;

const letters: Record<Kind, string> = { agent: "A", llm: "L", tool: "T", span: "S" };

interface Item { id: string; parentId: string; was: number; start: number; event?: Started }

/** The trace with the spans that run and are not stored yet, when they first spoke, and when they ended. Without any it is the same object. */
export function overlay(trace: Trace, started: ReadonlyMap<string, Started>, spoke: ReadonlyMap<string, number>, ended: ReadonlyMap<string, Ended>): Trace {
  return withEnds(withStarts(trace, started, spoke), ended);
}

// withEnds stops the clock of spans that are stored as running. What came of them arrives with them: until then a failure
// below the root counts as one that may be handled.
function withEnds(trace: Trace, ended: ReadonlyMap<string, Ended>): Trace {
  if (ended.size === 0) return trace;
  const s = trace.spans;
  const origin = Date.parse(trace.row.start);
  const ms = [...s.ms];
  const status = [...s.status];
  s.id.forEach((id, i) => {
    const end = ended.get(id);
    if (!end?.at || (ms[i] ?? 0) >= 0) return;
    ms[i] = Math.max(Date.parse(end.at) - origin - (s.start[i] ?? 0), 0.001);
    status[i] = !end.failed ? "." : s.parent[i] === -1 ? "!" : "?";
  });
  const over = ms.length > 0 && ms.every((took) => took >= 0) && !s.parent.includes(-2);
  const length = over ? Math.max(...ms.map((took, i) => took + (s.start[i] ?? 0))) : null;
  const row = over && trace.row.status === "running" ? { ...trace.row, ms: length, status: status.includes("!") ? "failed" as const : "ok" as const } : trace.row;
  return { ...trace, row, spans: { ...s, ms, status: status.join("") } };
}

function withStarts(trace: Trace, started: ReadonlyMap<string, Started>, spoke: ReadonlyMap<string, number>): Trace {
  if (started.size === 0 && spoke.size === 0) return trace;
  const stored = new Set(trace.spans.id);
  const fresh = [...started.values()].filter((event) => !stored.has(event.span));
  trace = withFirstTokens(trace, spoke);
  if (fresh.length === 0) return trace;
  const origin = Date.parse(trace.row.start);
  const items: Item[] = trace.spans.id.map((id, was) => ({ id, was, start: trace.spans.start[was] ?? 0, parentId: parentIdOf(trace, was) }));
  for (const event of fresh) {
    items.push({ id: event.span, parentId: event.parent ?? "", was: -1, start: Date.parse(event.at) - origin, event });
  }
  // A root that runs began before all that it has brought forth.
  const early = Math.min(0, ...fresh.map((event) => Date.parse(event.at) - origin));
  for (const item of items) item.start -= early;
  return compose(trace, parentsFirst(items), new Date(origin + early).toISOString(), (event) => {
    const first = spoke.get(event.span);
    return first === undefined ? 0 : Math.max(first - Date.parse(event.at), 1);
  });
}

// A span that runs is stored when it begins, so what is stored cannot tell when it first spoke.
function withFirstTokens(trace: Trace, spoke: ReadonlyMap<string, number>): Trace {
  const s = trace.spans;
  const origin = Date.parse(trace.row.start);
  let told = false;
  const ttft = s.id.map((id, i) => {
    const first = spoke.get(id);
    const stored = s.ttft[i] ?? 0;
    if (first === undefined || stored > 0 || (s.ms[i] ?? 0) >= 0) return stored;
    told = true;
    return Math.max(first - origin - (s.start[i] ?? 0), 1);
  });
  return told ? { ...trace, spans: { ...s, ttft } } : trace;
}

const parentIdOf = (trace: Trace, i: number): string => {
  const parent = trace.spans.parent[i] ?? -1;
  return parent >= 0 ? trace.spans.id[parent] ?? "" : parent === -2 ? trace.spans.parentId[i] ?? "" : "";
};

function parentsFirst(items: Item[]): Item[] {
  items.sort((a, b) => a.start - b.start || a.was - b.was);
  const byId = new Map(items.map((item) => [item.id, item]));
  const placed = new Set<Item>();
  for (const item of items) {
    const path: Item[] = [];
    for (let at: Item | undefined = item; at && !placed.has(at) && !path.includes(at); at = byId.get(at.parentId)) path.push(at);
    for (const at of path.reverse()) placed.add(at);
  }
  return [...placed];
}

function compose(trace: Trace, items: Item[], start: string, firstToken: (event: Started) => number): Trace {
  const s = trace.spans;
  const place = new Map(items.map((item, i) => [item.id, i]));
  const moved = new Map(items.map((item, i) => [item.was, i]));
  const names = [...s.names];
  const name = (text: string) => {
    const known = names.indexOf(text);
    return known >= 0 ? known : names.push(text) - 1;
  };
  const parent = items.map((item) => (item.parentId === "" ? -1 : place.get(item.parentId) ?? -2));
  const column = (from: number[]) => items.map((item) => from[item.was] ?? 0);
  const move = (i: number) => moved.get(i) ?? -1;
  const roots = items.filter((_, i) => parent[i] === -1);
  const spans: Trace["spans"] = {
    id: items.map((item) => item.id), parent,
    parentId: items.map((item, i) => (parent[i] === -2 ? item.parentId : "")),
    name: items.map((item) => (item.event ? name(item.event.name) : s.name[item.was] ?? 0)), names,
    kind: items.map((item) => (item.event ? letters[item.event.kind] : s.kind.charAt(item.was))).join(""),
    status: items.map((item) => (item.event ? "+" : s.status.charAt(item.was))).join(""),
    start: items.map((item) => item.start), ms: items.map((item) => (item.event ? -1 : s.ms[item.was] ?? 0)),
    ttft: items.map((item) => (item.event ? firstToken(item.event) : s.ttft[item.was] ?? 0)), in: column(s.in), out: column(s.out), cached: column(s.cached), cost: column(s.cost),
    note: items.map((item) => s.note[item.was] ?? ""),
  };
  const root = roots.find((item) => item.event)?.event;
  return {
    ...trace, spans,
    row: { ...trace.row, start, ms: null, status: "running", name: root?.name ?? trace.row.name },
    calls: items.flatMap((_, i) => (spans.kind.charAt(i) === "L" ? [i] : [])),
    links: trace.links.map(([call, tool]) => [move(call), move(tool)]),
    groups: trace.groups.map((g) => ({ ...g, parent: move(g.parent), members: g.members.map(move) })),
  };
}

/** A trace of which nothing is stored yet. */
export function emptyTrace(id: string, first: Started): Trace {
  return {
    row: { id, name: first.name, start: first.at, ms: null, status: "running", spans: 0, in: 0, out: 0, cost: 0, seq: 0 },
    spans: { id: [], parent: [], parentId: [], name: [], names: [], kind: "", status: "", start: [], ms: [], ttft: [], in: [], out: [], cached: [], cost: [], note: [] },
    calls: [], links: [], groups: [], seq: 0,
  };
}
