// Which step is looked at, and how two runs differ, as pure functions.
import { dur, int, usd } from "../ui/format";
import type { Compare, Diff, Row, Step } from "../wire";

export type Pair = Compare["steps"][number];
export type Side = "a" | "b";

/** The step of the address, which counts from 1; else the first that differs; else the first. */
export function stepOf({ steps, first }: Compare, named: string): number {
  const step = Number(named) - 1;
  return Number.isInteger(step) && step >= 0 && step < steps.length ? step : Math.max(0, first);
}

/** The next step that differs, around the end; -1 where all are the same. */
export function nextDifference(steps: Pair[], from: number, by: 1 | -1): number {
  for (let i = 1; i <= steps.length; i++) {
    const at = (from + i * by + i * steps.length) % steps.length;
    if (!steps[at]?.same) return at;
  }
  return -1;
}

export const failed = (step: Step): boolean => step.status === "!" || step.status === "^" || step.status === "?";

/** What differs, as far as the beginnings of the results tell: equal results mean that the input was another. */
export function difference({ a, b }: Pair): "a" | "b" | "prompt" | "arguments" | "output" | "result" | "differs" {
  if (!a || !b) return a ? "a" : "b";
  const model = a.kind === "llm";
  if (failed(a) !== failed(b) || a.text !== b.text) return model ? "output" : "result";
  if (a.text?.endsWith("…")) return "differs";
  return model ? "prompt" : "arguments";
}

/** The numbers of the model calls of one side: #1 is the first. */
export function callNumbers(steps: Pair[], side: Side): Map<string, number> {
  const calls = steps.flatMap((pair) => { const step = pair[side]; return step?.kind === "llm" ? [step] : []; });
  return new Map(calls.sort((x, y) => x.at - y.at).map((step, i) => [step.span, i + 1]));
}

/** "+2 ms", "−$0.0050": b against a. */
export function against(a: number, b: number, format: (value: number) => string): string {
  return a === b ? `±${format(0)}` : (b > a ? "+" : "−") + format(Math.abs(b - a));
}

export function totalsAgainst(a: Row, b: Row, tokensIn: string): string {
  const times = a.ms !== null && b.ms !== null ? [against(a.ms, b.ms, dur)] : [];
  return [...times, against(a.cost, b.cost, usd), `${against(a.in, b.in, int)} ${tokensIn}`].join(", ");
}

/** The length of the common time scale. */
export function scale({ a, b, steps }: Compare): number {
  const ends = steps.flatMap((pair) => [pair.a, pair.b].map((step) => (step ? step.at + Math.max(0, step.ms) : 0)));
  return Math.max(1, a.ms ?? 0, b.ms ?? 0, ...ends);
}

export interface Line { op: "=" | "-" | "+"; text: string; head: boolean; number?: number; odd?: number[] }

/** Lines as they are shown: each message under its role, numbered for itself; few differing characters are marked. */
export function linesOf(diff: Diff): Line[] {
  let a = 0, b = 0;
  const lines = diff.lines.map(({ op, text }): Line => {
    const role = /^\[(\w+)\]$/.exec(text)?.[1];
    if (role) { a = b = 0; return { op, text: role, head: true }; }
    if (op !== "+") a++;
    if (op !== "-") b++;
    return { op, text, head: false, number: op === "+" ? b : a };
  });
  markOdd(lines);
  return lines;
}

/** A run of lines of A before as many of B: pairs of equal length that differ in few places differ there by mistake. */
function markOdd(lines: Line[]): void {
  for (let i = 0; i < lines.length; i++) {
    let minus = i, plus;
    while (lines[minus]?.op === "-") minus++;
    for (plus = minus; lines[plus]?.op === "+";) plus++;
    if (minus > i && plus - minus === minus - i) for (let n = i; n < minus; n++) markPair(lines[n], lines[n + minus - i]);
    i = Math.max(i, plus - 1);
  }
}

const mostOdd = 3;

function markPair(a: Line | undefined, b: Line | undefined): void {
  if (!a || !b || a.head || b.head) return;
  const left = Array.from(a.text), right = Array.from(b.text);
  const odd = left.flatMap((c, i) => (c === right[i] ? [] : [i]));
  if (left.length === right.length && odd.length <= mostOdd && odd.length < left.length / 2) a.odd = b.odd = odd;
}

/** The lines of one side as it was. */
export const sideOf = (lines: Line[], side: Side): Line[] => lines.filter((line) => line.op !== (side === "a" ? "+" : "-"));

export const unified = (diff: Diff): string => diff.lines.map((line) => `${line.op === "=" ? " " : line.op}${line.text}`).join("\n");

export interface Offer { why: "input" | "session" | "success" | "other"; row: Row }

/** What a run can be held against, best first: the same input, the last success before it, the same session, the same agent. */
export function offers(run: Row, others: Row[]): Offer[] {
  const rest = others.filter((row) => row.id !== run.id);
  const success = rest.filter((row) => row.name === run.name && row.status === "ok" && row.start < run.start).sort((x, y) => (x.start < y.start ? 1 : -1))[0];
  const why = (row: Row): Offer["why"] =>
    run.asked && row.asked === run.asked ? "input" : row === success ? "success" : run.session && row.session === run.session ? "session" : "other";
  const order = ["input", "success", "session", "other"];
  return rest.map((row) => ({ why: why(row), row })).sort((x, y) => order.indexOf(x.why) - order.indexOf(y.why));
}
