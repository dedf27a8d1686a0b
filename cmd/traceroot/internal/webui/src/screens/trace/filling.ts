// What the input of a model call was made of: instructions, tools, what was said before, what tools returned.
import type { Message, Span } from "../../wire";
import { messagesOf } from "./talk";
import type { View } from "./view";

interface Filling { name: string; value: number; color: string }

const colors = { system: "--c4", tools: "--line2", earlier: "--c5", user: "--t1", assistant: "--c1", results: "--c2" };
const names: Record<keyof typeof colors, string> = {
  system: "System prompt", tools: "Tool definitions", earlier: "Earlier turns", user: "User", assistant: "Assistant", results: "Tool results",
};
const bytesPerToken = 4;

/** The parts of an input, in tokens. Where the tokens of messages are not known they are shared out by length. */
export function fillingOf(v: View, span: Span, tokens: number): { parts: Filling[]; exact: boolean } {
  const messages = messagesOf(span.in);
  const sum: Record<keyof typeof colors, number> = { system: 0, tools: 0, earlier: 0, user: 0, assistant: 0, results: 0 };
  const exact = messages.every((message) => message !== undefined && (message.tokens ?? 0) > 0);
  const own = ownFrom(v, messages, span);
  messages.forEach((message, n) => {
    if (message) sum[partOf(message, n < own)] += exact ? message.tokens ?? 0 : message.bytes / bytesPerToken;
  });
  const said = Object.values(sum).reduce((a, b) => a + b, 0);
  sum.tools = exact ? Math.max(tokens - said, 0) : JSON.stringify(span.tools ?? []).length > 2 ? JSON.stringify(span.tools).length / bytesPerToken : 0;
  const whole = said + sum.tools;
  const parts = (Object.keys(sum) as (keyof typeof colors)[])
    .map((part) => ({ name: names[part], color: colors[part], value: exact ? sum[part] : Math.round((sum[part] / Math.max(whole, 1)) * tokens) }))
    .filter((part) => part.value > 0);
  return { parts, exact };
}

function partOf(message: Message, earlier: boolean): keyof typeof colors {
  if (message.role === "system" || message.role === "developer") return "system";
  if (earlier) return "earlier";
  if (message.role === "tool") return "results";
  return message.role === "assistant" ? "assistant" : "user";
}

// ownFrom is the place from which on messages are of this turn: behind the last answer that no call of this trace made.
function ownFrom(v: View, messages: (Message | undefined)[], span: Span): number {
  const made = v.talk.value?.madeBy;
  const first = span.in.findIndex((hash) => made?.has(hash));
  return messages.slice(0, first < 0 ? messages.length : first).findLastIndex((message) => message?.role === "assistant") + 1;
}
