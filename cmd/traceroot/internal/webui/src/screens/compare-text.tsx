// What the compare screen says.
import { plural } from "../ui/format";

export const words = {
  swap: "Swap", sameInput: "same input", otherInput: "other input", failed: "failed", answered: "answered", running: "running", recovered: "recovered",
  tokens: (read: string, written: string) => `${read} in, ${written} out`, difference: "Next difference", tokensIn: "tokens in",
  waterfall: (name: string, steps: number, time: string) => `${name}: ${plural(steps, "step")} in ${time}, on the time scale of the longer run`,
  steps: "Steps of both runs", same: "same", noStep: "no such step",
  differs: "differs",
  saw: { llm: "What the model saw", other: "What it was given" }, answer: "What it answered", view: "Show", diff: "Diff", a: "A", b: "B", copyDiff: "Copy diff",
  cut: "There is more than a diff can show; open the spans.", cutSteps: "There are more steps than can be aligned.",
  noDiff: "The same in both", more: (n: number) => plural(n, "more line"),
  choose: "Compare two runs", chooseFirst: "Pick the run that went wrong, or mark two in the list of traces with x.", chooseOther: "Compare it with", recent: "Recent runs", others: "Other runs of the same name",
  why: { "same input": "Same input", "same session": "Same session", "previous success": "Last success before it" } as Record<string, string>,
  none: "There is nothing to compare yet.", alone: "There is no other run of that name.", gone: "That run is not there.",
};
