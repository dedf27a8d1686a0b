// What the session screen says about its turns, as pure functions.
import { plural } from "../ui/format";
import type { Session, Step } from "../wire";

export type Turn = Session["turns"][number];

export const isError = (step: Step): boolean => step.status === "!" || step.status === "^" || step.status === "?";

/** What a step said, on one line. JSON without its quotes and braces reads like a sentence. */
export function said(step: Step): string {
  const { text = "" } = step;
  return mistyped(step) || !/^[{[]/.test(text) ? text : text.replace(/["{}[\]]/g, "").replace(/,(?=\S)/g, ", ");
}

/** More than a few differing characters mean that the texts have nothing to do with each other. */
export const mistyped = ({ odd }: { odd?: number[] }): number[] | undefined => (odd && odd.length <= 3 ? odd : undefined);

/** "5 model calls, 6 tools". */
export function stepCount({ calls = 0, tools = 0, spans }: Turn): string {
  return [calls && plural(calls, "model call"), tools && plural(tools, "tool")].filter(Boolean).join(", ") || plural(spans, "span");
}

/** Milliseconds from the end of the turn before to the start of this one; negative where they overlap. */
export function pause(before: Turn | undefined, turn: Turn): number | null {
  if (!before || before.ms === null) return null;
  return Date.parse(turn.start) - (Date.parse(before.start) + before.ms);
}

export interface Summary {
  users: string[]; first: string; lasted: number; busy: number; cost: number; partial: boolean;
  in: number; out: number; cached: number; failed: number;
}

export function summarize({ row, turns }: Session, now: number): Summary {
  const sum = (value: (turn: Turn) => number) => turns.reduce((total, turn) => total + value(turn), 0);
  const ms = (turn: Turn) => turn.ms ?? Math.max(0, now - Date.parse(turn.start));
  const ends = turns.map((turn) => Date.parse(turn.start) + ms(turn));
  return {
    users: row.users, first: row.first, lasted: Math.max(0, ...ends.map((end) => end - Date.parse(row.first))), busy: sum(ms),
    cost: sum((turn) => turn.cost), partial: turns.some((turn) => turn.partial),
    in: sum((turn) => turn.in), out: sum((turn) => turn.out), cached: sum((turn) => turn.cached ?? 0),
    failed: turns.filter((turn) => turn.status === "failed").length,
  };
}

export interface ToolUse { name: string; count: number; failed: number; turn: number }

/** The tools in the order of their first use; turn is the first in which one failed, else in which it was used. */
export function toolsUsed(turns: Turn[]): ToolUse[] {
  const uses = new Map<string, ToolUse>();
  turns.forEach((turn, i) => {
    for (const step of turn.steps ?? []) {
      if (step.kind !== "tool") continue;
      const use = uses.get(step.name) ?? { name: step.name, count: 0, failed: 0, turn: i };
      use.count++;
      if (isError(step)) {
        if (use.failed === 0) use.turn = i;
        use.failed++;
      }
      uses.set(step.name, use);
    }
  });
  return [...uses.values()];
}

export interface ContextOfCall { trace: string; step: Step; cached: number; fresh: number }

/** One entry a model call of the session that reported its tokens. */
export function contexts(turns: Turn[]): ContextOfCall[] {
  return turns.flatMap((turn) => (turn.steps ?? []).flatMap((step) => {
    if (step.kind !== "llm" || !step.in) return [];
    const cached = Math.min(step.cached ?? 0, step.in);
    return [{ trace: turn.id, step, cached, fresh: step.in - cached }];
  }));
}

/** The turn to open where the address names none: the first that failed, else the last. */
export function turnOfInterest(turns: Turn[]): number {
  const failed = turns.findIndex((turn) => turn.status === "failed");
  return failed >= 0 ? failed : turns.length - 1;
}

export function markdown({ row, turns }: Session): string {
  return [`# ${row.id}`, ...turns.map((turn, i) => {
    const steps = (turn.steps ?? []).map((step) => `- ${step.name}${step.text ? `: ${step.text}` : ""}`).join("\n");
    const answer = `**${turn.status === "failed" ? "failed" : "assistant"}**\n\n${turn.outcome ?? ""}`;
    return [`## Turn ${i + 1}, ${turn.start}`, `**user**\n\n${turn.asked ?? ""}`, steps, answer].filter(Boolean).join("\n\n");
  })].join("\n\n");
}
