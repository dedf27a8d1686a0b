// Ranges, links and remarks of the dashboard, as pure functions.
import { quoted } from "../state/query";
import { href } from "../state/url";
import type { Metrics } from "../wire";

export const DIMENSIONS = ["model", "agent", "tool", "user", "tag"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Which traces, in which time. from may be relative. */
export interface Scope { from: string; to: string; q: string }

export const RANGES = ["-1h", "-6h", "-24h", "-7d", "-30d"];
export const DEFAULT_RANGE = "-24h";

const UNIT: Record<string, string> = { m: "min", h: "h", d: "days" };

/** "24 h" of "-24h"; null for an absolute time. */
export function rangeText(from: string): string | null {
  const found = /^-(\d+)([mhd])$/.exec(from);
  return found && `${found[1]} ${UNIT[found[2] ?? ""]}`;
}

export const longerRange = (from: string): string | undefined => RANGES[RANGES.indexOf(from) + 1];

/** "per half hour" of the width of a column. */
export function stepText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `per ${Math.round(ms / 1000)} seconds`;
  if (minutes === 1) return "per minute";
  if (minutes === 30) return "per half hour";
  if (minutes === 60) return "per hour";
  if (minutes === 1440) return "per day";
  if (minutes % 1440 === 0) return `per ${minutes / 1440} days`;
  return minutes % 60 === 0 ? `per ${minutes / 60} hours` : `per ${minutes} minutes`;
}

/** The list of traces with these terms. */
export const listHref = (terms: string[], from: string, to = "", sort = ""): string =>
  href("/traces", { q: terms.filter(Boolean).join(" "), from, to, sort });

/** The terms that select the traces of one row of a table. */
export const rowTerm = (by: string, row: { value: string; query?: string }): string => row.query ?? `${by}:${quoted(row.value)}`;

/** At most: half an hour each for a day, a minute for an hour. */
export const STEPS = 61;

export interface Span { from: number; to: number; stepMs: number; steps: number }

export function span({ from, to, stepMs }: Metrics): Span {
  const start = Date.parse(from), end = Date.parse(to);
  return { from: start, to: end, stepMs, steps: Math.max(1, Math.round((end - start) / stepMs)) };
}

/** Start and end of one column, cut at the end of the range. */
export function column({ from, to, stepMs }: Span, i: number): [from: string, to: string] {
  const start = from + i * stepMs;
  return [new Date(start).toISOString(), new Date(Math.min(to, start + stepMs)).toISOString()];
}

/** The clock within two days, else the day. */
export function when(at: number, whole: number, precise = false): string {
  const date = new Date(at);
  const clock = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (whole <= 2 * 86_400_000) return clock;
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return precise ? `${day}, ${clock}` : day;
}

const minute = 60_000, hour = 60 * minute, day = 24 * hour;
const between = [minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 28 * day];

/** Round local times, at most so many. Points of a line stand at the beginning of their steps, the last one at the right end. */
export function timeTicks({ from, to, stepMs }: Span, most: number, points = false): { at: number; text: string }[] {
  const across = Math.max(1, points ? to - from - stepMs : to - from);
  const apart = between.find((ms) => across / ms <= most) ?? across / most;
  const zone = new Date(from).getTimezoneOffset() * minute;
  const first = Math.ceil((from - zone) / apart) * apart + zone;
  return Array.from({ length: most + 1 }, (_, i) => first + i * apart).filter((at) => at <= from + across).map((at) => ({ at: (at - from) / across, text: when(at, to - from) }));
}

export function columnNames(range: Span): string[] {
  const { from, to, stepMs, steps } = range;
  return Array.from({ length: steps }, (_, i) => {
    const end = Math.min(to, from + (i + 1) * stepMs);
    return `${when(from + i * stepMs, to - from, true)} to ${when(end, to - from, true)}`;
  });
}

export interface Spike { start: number; end: number; above: number }

/** The widest run of columns far above the usual: over 1.5 times the median, highest first. */
export function spike(values: (number | null)[]): Spike | null {
  const known = values.filter((value) => value != null).sort((a, b) => a - b);
  const median = known[Math.floor(known.length / 2)];
  if (known.length < 6 || !median) return null;
  const above = niceBelow(median * 1.5);
  const runs: (Spike & { weight: number })[] = [];
  values.forEach((value, i) => {
    if (value == null || value <= above) return;
    const last = runs.at(-1);
    if (last?.end === i) { last.end = i + 1; last.weight += value; } else runs.push({ start: i, end: i + 1, above, weight: value });
  });
  return runs.sort((a, b) => b.weight - a.weight)[0] ?? null;
}

/** 1, 2, 3, 5 or 6 times a power of ten. */
function niceBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([6, 5, 3, 2, 1].find((step) => step * power <= value) ?? 1) * power;
}

/** "up 4 %" against the time before; empty where that had nothing. */
export function change(now: number, before: number | undefined): string {
  if (!before) return "";
  const part = Math.round((now / before - 1) * 100);
  return part === 0 ? "as before" : `${part > 0 ? "up" : "down"} ${Math.abs(part)} %`;
}

/** The value whose cost grew most, which is what a reader wants to know about a change of the sum. */
export function blame(table: Metrics["table"], up: boolean): string {
  const moved = table.filter((row) => row.before).map((row) => ({ value: row.value, by: (row.cost - row.before!.cost) * (up ? 1 : -1) })).filter((row) => row.by > 0);
  return moved.sort((a, b) => b.by - a.by)[0]?.value ?? "";
}
