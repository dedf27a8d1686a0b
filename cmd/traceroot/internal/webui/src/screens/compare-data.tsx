// Which step is looked at, and how two runs differ in numbers, as pure functions.
import { dur, int, usd } from "../ui/format";
import type { AlignedStep, Compare, Diff, DiffLine, Row, Step } from "../wire";

export type Side = "a" | "b";

/** The step of the address; else the first that differs; else the first. */
export function stepOf({ steps, first }: Compare, named: string): number {
  const step = Number(named);
  return named !== "" && Number.isInteger(step) && step >= 0 && step < steps.length ? step : Math.max(0, first);
}

/** The next step that differs, around the end; -1 where all are the same. */
export function nextDifference(steps: AlignedStep[], from: number, by: 1 | -1): number {
  for (let i = 1; i <= steps.length; i++) {
    const at = (from + i * by + i * steps.length) % steps.length;
    if (!steps[at]?.same) return at;
  }
  return -1;
}

export const failed = (step: Step): boolean => step.status === "!" || step.status === "^" || step.status === "?";

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

/** The lines of one side as it was. */
export const sideOf = ({ lines }: Diff, side: Side): DiffLine[] => lines.filter((line) => line.op !== (side === "a" ? "+" : "-"));

const signs = { "=": "  ", "-": "- ", "+": "+ ", "#": "# " };

export const unified = ({ lines }: Diff): string => lines.map(({ op, text }) => signs[op] + text).join("\n");
