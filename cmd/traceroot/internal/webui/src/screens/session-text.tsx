// What the session screens say.
import { plural } from "../ui/format";

export const words = {
  sessions: "Sessions", session: "Session", turns: (n: number) => plural(n, "turn"), turnUnit: (n: number) => (n === 1 ? "turn" : "turns"), turnList: "Turns", conversation: "Conversation", turn: (n: number) => `Turn ${n}`,
  columns: { last: "Last", asked: "First question and last outcome", turns: "Turns", lasted: "Lasted", tokens: "Tokens in / out", cost: "Cost", users: "Users" },
  none: "No session yet",
  noneHow: "A session holds the traces of one conversation. Give its id to the agent's span:",
  noneHere: "No session with these terms",
  noTurns: "This session has no traces.",
  previous: "Previous session", next: "Next session",
  later: (pause: string) => `${pause} later`, overlapping: "while the turn before was running",
  user: "user", assistant: "assistant", failed: "failed", noAnswer: "no answer reached the user", streaming: "streaming", runs: (tool: string) => `runs ${tool}`, tokens: (n: string) => `${n} tok`,
  notRecorded: "not recorded", running: "running", now: "now", recovered: "recovered from an error",
  trace: "trace", openTrace: (n: number) => `Open the trace of turn ${n}`, steps: (open: boolean) => (open ? "Hide the steps" : "Show the steps"), moreSteps: (n: number) => `${plural(n, "more step")} in the trace`,
  facts: { user: "User", first: "First seen", lasted: "Lasted", busy: "Agent busy", cost: "Cost", in: "Tokens in", cached: "of them cached", out: "Tokens out", failed: "Failed turns" },
  failedOf: (failed: number, all: number) => `${failed} of ${all}`,
  context: "Context per model call", contextLabel: (n: number, max: string) => `Input tokens of the ${plural(n, "model call")} of the session, cached and new; ${max} at most`,
  cached: "cached", fresh: "new", call: (n: number) => `call ${n}`,
  costs: "Cost per turn", costsLabel: (n: number, most: string, turn: number) => `Cost of ${plural(n, "turn")}; turn ${turn} cost most, ${most}`, cost: "cost",
  tools: "Tools used", toolFailed: (n: number) => `${n} failed`,
  panes: { turns: "Turns", chat: "Conversation", side: "Session" },
  copy: "Copy", link: "Link", markdown: "Conversation as Markdown", json: "JSON of the session",
};
