// What the input of a model call was made of: instructions, tools, what was said before, what tools returned.
import type { Message, Span } from "../../wire";
import { messagesOf } from "./talk";
import type { View } from "./view";

interface Filling { name: string; value: number; color: string }

const colors = { system: "--c4", tools: "--line2", earlier: "--c5", user: "--t1", assistant: "--c1", results: "--c2" };
const names: Record<keyof typeof colors, string> = {
  system: "System prompt", tools: "Tool definitions", earlier: "Earlier turns", user: "User", assistant: "Assistant", results: "Tool results",
};

/** The parts of an input, in tokens, which are shared out by length: nobody tells those of single messages. */
export function fillingOf(v: View, span: Span, tokens: number): Filling[] {
  const messages = messagesOf(span.in);
  const sum: Record<keyof typeof colors, number> = { system: 0, tools: 0, earlier: 0, user: 0, assistant: 0, results: 0 };
  const own = ownFrom(v, messages, span);
  messages.forEach((message, n) => {
    if (message) sum[partOf(message, n < own)] += textSize(message);
  });
  sum.tools = span.tools?.length ? JSON.stringify(span.tools).length : 0;
  const whole = Object.values(sum).reduce((a, b) => a + b, 0);
  return (Object.keys(sum) as (keyof typeof colors)[])
    .map((part) => ({ name: names[part], color: colors[part], value: Math.round((sum[part] / Math.max(whole, 1)) * tokens) }))
    .filter((part) => part.value > 0);
}

// textSize leaves out the data of images and sounds, of which the count of tokens is no matter of length.
function textSize({ content, bytes }: Message): number {
  if (typeof content === "string") return bytes;
  const data = content.filter((part) => part.blob && part.text === undefined).reduce((sum, part) => sum + ((part.bytes ?? 0) * 4) / 3, 0);
  return Math.max(bytes - data, 0);
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
