// Groups: many equal siblings as one row. The server names those of one parent; those below the members of a group are
// found here, so that 3,000 equal calls with two requests each are two rows and not 6,000.
import { hasFailed, isRunning, kindOf, msOf, nameOf, startOf, statusOf, type Entry, type Group, type Model } from "./model";

const least = 8;
const standOut = 3;

/** What stands below a span or in its place, with groups in the place of their first member. A span is its number. */
export function codesOf(m: Model, spans: readonly number[]): readonly (number | Entry)[] {
  if (m.trace.groups.length === 0) return spans;
  const codes: (number | Entry)[] = [];
  const seen = new Set<number>();
  for (const span of spans) {
    const place = m.groupOf[span] ?? -1;
    const group = m.trace.groups[place];
    if (!group) codes.push(span);
    else if (!seen.has(place)) codes.push({ is: "group", group });
    seen.add(place);
  }
  return codes;
}

const nested = new WeakMap<Group, Group[]>();

// inner are the groups that the children of a group's members make.
export function inner(m: Model, group: Group): Group[] {
  const known = nested.get(group);
  if (known) return known;
  const { kind, name } = m.trace.spans;
  const buckets = new Map<number, number[]>(); // by kind and name
  for (const member of group.members) {
    for (const child of m.kids[member] ?? []) {
      const key = (name[child] ?? 0) * 128 + kind.charCodeAt(child);
      const bucket = buckets.get(key);
      if (bucket) bucket.push(child);
      else buckets.set(key, [child]);
    }
  }
  const groups = [...buckets.values()].filter((b) => b.length >= least).map((members, n): Group => ({
    id: `${group.id}.${n}`, parent: -1, kind: kindOf(m, members[0] ?? -1), name: nameOf(m, members[0] ?? -1), members,
  }));
  nested.set(group, groups);
  return groups;
}

// outliers are the members that a folded group shows all the same: the longest of those that failed or were retried.
export function outliers(m: Model, group: Group): number[] {
  const odd = group.members.filter((i) => statusOf(m, i) !== "." && !isRunning(m, i));
  odd.sort((a, b) => Number(hasFailed(m, b)) - Number(hasFailed(m, a)) || msOf(m, b) - msOf(m, a));
  return odd.slice(0, standOut).sort((a, b) => a - b);
}

interface Measured {
  from: number; to: number;
  failed: number; recovered: number; running: number;
  tokens: number; cost: number; partial: boolean;
}

const measures = new WeakMap<Group, Measured>();

/** What the row of a group tells. */
export function measure(m: Model, group: Group): Measured {
  const known = measures.get(group);
  if (known) return known;
  const found: Measured = { from: Infinity, to: 0, failed: 0, recovered: 0, running: 0, tokens: 0, cost: 0, partial: false };
  const { status, start, ms } = m.trace.spans;
  for (const i of group.members) {
    const sign = status.charAt(i), from = start[i] ?? 0, took = ms[i] ?? 0;
    if (sign === "!" || sign === "^") found.failed++;
    else if (sign === "?") found.recovered++;
    if (took < 0) found.running++;
    found.from = Math.min(found.from, from);
    found.to = Math.max(found.to, from + Math.max(took, 0));
    found.tokens += m.tokens[i] ?? 0;
    found.cost += m.cost[i] ?? 0;
    found.partial ||= m.partial[i] === 1;
  }
  measures.set(group, found);
  return found;
}

export interface Durations { p50: number; p95: number; max: number; sum: number; atOnce: number }

/** What durations tell, of the members that ended. It costs a sort. */
export function durationsOf(m: Model, group: Group): Durations {
  const took = Float64Array.from(group.members.filter((i) => !isRunning(m, i)), (i) => msOf(m, i)).sort();
  const percentile = (p: number) => took[Math.max(Math.ceil((took.length * p) / 100) - 1, 0)] ?? 0;
  return { p50: percentile(50), p95: percentile(95), max: took.at(-1) ?? 0, sum: took.reduce((a, b) => a + b, 0), atOnce: overlap(m, group.members) };
}

// overlap is how many of the spans ran at the same time, at most.
function overlap(m: Model, spans: number[]): number {
  const edges = spans.flatMap((i) => [{ at: startOf(m, i), step: 1 }, { at: startOf(m, i) + msOf(m, i), step: -1 }]);
  edges.sort((a, b) => a.at - b.at || a.step - b.step);
  let now = 0, most = 0;
  for (const edge of edges) most = Math.max(most, now += edge.step);
  return Math.max(most, 1);
}

export interface Bin { from: number; to: number; count: number; odd: number }

// bins are a histogram of durations on a logarithmic scale from decade to decade. odd counts those that failed or were
// retried.
export function bins(m: Model, group: Group, count = 48): Bin[] {
  const ended = group.members.filter((i) => !isRunning(m, i));
  if (ended.length === 0) return [];
  const ms = ended.map((i) => Math.max(msOf(m, i), 0.001));
  const low = Math.floor(Math.log10(ms.reduce((a, b) => Math.min(a, b))));
  const high = Math.max(Math.ceil(Math.log10(ms.reduce((a, b) => Math.max(a, b)))), low + 1);
  const all = Array.from({ length: count }, (_, n): Bin => ({
    from: 10 ** (low + ((high - low) * n) / count), to: 10 ** (low + ((high - low) * (n + 1)) / count), count: 0, odd: 0,
  }));
  ended.forEach((i, n) => {
    const bin = all[Math.min(Math.floor(((Math.log10(ms[n] ?? 1) - low) / (high - low)) * count), count - 1)];
    if (!bin) return;
    bin.count++;
    if (statusOf(m, i) !== ".") bin.odd++;
  });
  return all;
}

// density counts the members that ran in each of so many equal parts of the group's time.
export function density(m: Model, group: Group, parts: number): number[] {
  const { from, to } = measure(m, group);
  const counts = new Array<number>(parts).fill(0);
  const width = Math.max(to - from, 1) / parts;
  const { start, ms } = m.trace.spans;
  for (const i of group.members) {
    const began = (start[i] ?? 0) - from;
    const first = Math.min(Math.floor(began / width), parts - 1);
    const last = Math.min(Math.floor((began + Math.max(ms[i] ?? 0, 0)) / width), parts - 1);
    for (let n = first; n <= last; n++) counts[n] = (counts[n] ?? 0) + 1;
  }
  return counts;
}
