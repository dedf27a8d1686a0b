// The time axis: milliseconds of the trace to a place between 0 and 1, with long waits folded and a part zoomed in to.
import type { Model } from "./model";

interface Gap { from: number; to: number } // a wait in which nothing runs

export interface Scale {
  from: number; // what is shown, ms
  to: number;
  gaps: Gap[];
  at(ms: number): number; // 0 at from, 1 at to; beyond them outside of 0 to 1
  ms(at: number): number;
}

const foldable = 0.2; // of the trace
const foldedTo = 0.05; // of the time in which something runs

export function makeScale(gaps: Gap[], from: number, to: number, whole: number): Scale {
  if (gaps.length === 0) {
    const shown = Math.max(to - from, 1e-6);
    return { from, to, gaps, at: (ms) => (ms - from) / shown, ms: (at) => from + at * shown };
  }
  const waits = gaps.reduce((sum, g) => sum + g.to - g.from, 0);
  const width = Math.max(whole - waits, 1) * foldedTo;
  // squeezed is the time with each wait as short as it is painted.
  const squeezed = (ms: number): number => {
    let cut = 0;
    for (const g of gaps) {
      if (ms <= g.from) break;
      const part = Math.min(ms, g.to) - g.from;
      cut += part - (part / (g.to - g.from)) * width;
    }
    return ms - cut;
  };
  const a = squeezed(from);
  const b = Math.max(squeezed(to), a + 1e-6);
  const ms = (at: number): number => {
    let low = from, high = to;
    for (let n = 0; n < 48; n++) {
      const mid = (low + high) / 2;
      if ((squeezed(mid) - a) / (b - a) < at) low = mid;
      else high = mid;
    }
    return (low + high) / 2;
  };
  return { from, to, gaps: gaps.filter((g) => g.to > from && g.from < to), at: (t) => (squeezed(t) - a) / (b - a), ms };
}

// findGaps are the waits worth folding: longer than a fifth of the trace, without a call or a span of work.
export function findGaps(m: Model): Gap[] {
  const { kind, start, ms } = m.trace.spans;
  const busy: number[] = [];
  let ordered = true, last = 0;
  for (let i = 0; i < m.count; i++) {
    const sign = kind.charAt(i);
    if (sign !== "L" && sign !== "T" && m.kids[i] !== undefined) continue; // it waits for others
    const from = start[i] ?? 0;
    if (from < last) ordered = false;
    last = from;
    busy.push(i);
  }
  if (!ordered) busy.sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0));
  const least = foldable * m.length;
  const gaps: Gap[] = [];
  let until = 0;
  for (const i of busy) {
    const from = start[i] ?? 0, took = ms[i] ?? 0;
    if (from - until > least) gaps.push({ from: until, to: from });
    until = Math.max(until, took < 0 ? Infinity : from + took);
  }
  if (m.length - until > least) gaps.push({ from: until, to: m.length });
  return busy.length > 0 ? gaps : [];
}

const second = 1000, minute = 60 * second, hour = 60 * minute;
const steps = [10, 15, 20, 30].map((n) => n * second).concat([1, 2, 3, 5, 10, 15, 20, 30].map((n) => n * minute), [1, 2, 3, 6, 12, 24].map((n) => n * hour));

// stepOf is a round time of which few fit into the length.
export function stepOf(length: number, most = 5): number {
  const least = Math.max(length / most, 1e-3);
  if (least > 5 * second) return steps.find((s) => s >= least) ?? Math.ceil(least / (24 * hour)) * 24 * hour;
  const decade = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 3, 5, 10].map((n) => n * decade).find((s) => s >= least * 0.999) ?? decade * 10;
}

// ticks are the round times of the part that is shown, none within a folded wait.
export function ticks(scale: Scale): number[] {
  const waits = scale.gaps.reduce((sum, g) => sum + Math.min(g.to, scale.to) - Math.max(g.from, scale.from), 0);
  const step = stepOf(scale.to - scale.from - waits);
  const found: number[] = [];
  for (let t = Math.ceil(scale.from / step) * step; t < scale.to && found.length < 64; t += step) {
    const wait = scale.gaps.find((g) => g.from < t && t < g.to);
    if (wait) t = Math.floor(wait.to / step) * step;
    else found.push(t);
  }
  return found;
}

// tickText is a round time, without the digits that a duration has.
export function tickText(ms: number): string {
  if (ms === 0) return "0 s";
  if (ms < second) return ms < 1 ? `${round(ms * 1000)} µs` : `${round(ms)} ms`;
  if (ms < minute) return `${round(ms / second)} s`;
  if (ms < hour) return ms % minute === 0 ? `${ms / minute} m` : `${Math.floor(ms / minute)} m ${Math.round((ms % minute) / second)} s`;
  return ms % hour === 0 ? `${ms / hour} h` : `${Math.floor(ms / hour)} h ${Math.round((ms % hour) / minute)} m`;
}

const round = (n: number) => String(Math.round(n * 100) / 100);
