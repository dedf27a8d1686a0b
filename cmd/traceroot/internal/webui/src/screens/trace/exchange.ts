// The conversation as it is read: each message once, a call with its result, other agents' talks in their place.
import type { Conversation, Message } from "../../wire";
import { asObject } from "./paged";

export interface Said { is: "said"; hash: string; message: Message; by?: string; call?: number; at: number; cost?: number; earlier: boolean }
export interface Sub { is: "sub"; agent: string; span: string; at: number; conversation: Conversation }
export type Item = Said | Sub;

interface Exchange {
  items: Item[];
  results: Map<string, Message>; // by tool_call_id
  count: number; // messages, those of calls and results included
}

/** Lays a conversation out. Messages that are not here yet are left out. */
export function exchangeOf(c: Conversation, messages: (Message | undefined)[]): Exchange {
  const results = new Map<string, Message>();
  const asked = new Set<string>();
  for (const message of messages) {
    if (message?.role === "tool" && message.toolCallId) results.set(message.toolCallId, message);
    for (const call of message?.tool_calls ?? []) asked.add(call.id);
  }
  const before = lastGivenAnswer(c, messages);
  const items: Item[] = [];
  c.turns.forEach((turn, n) => {
    const message = messages[n];
    if (!message || (message.role === "tool" && message.toolCallId && asked.has(message.toolCallId))) return;
    items.push({ is: "said", message, earlier: n <= before, ...turn });
  });
  for (const sub of c.subs) insert(items, { is: "sub", ...sub });
  return { items, results, count: c.turns.length };
}

// A talk stands before the first thing that was said after it began, but not before what began it.
function insert(items: Item[], sub: Sub) {
  const at = items.findIndex((item) => item.at > sub.at);
  items.splice(at < 0 ? items.length : at, 0, sub);
}

// lastGivenAnswer is the place of the last answer that no call of this trace made: it ends the turns before.
function lastGivenAnswer(c: Conversation, messages: (Message | undefined)[]): number {
  const first = c.turns.findIndex((turn) => turn.by !== undefined);
  return messages.slice(0, first < 0 ? messages.length : first).findLastIndex((message) => message?.role === "assistant");
}

/** What a failed result says, without the frame that it says it in. */
export function complaint(text: string): string {
  const read = asObject(text) as Record<string, unknown> | undefined;
  const inner = (typeof read?.error === "object" && read.error !== null ? read.error : read) as Record<string, unknown> | undefined;
  if (typeof inner?.message !== "string") return compact(text);
  const field = typeof inner.field === "string" ? inner.field.split(".").at(-1) ?? "" : "";
  return `${inner.message.includes(field) ? "" : `${field} `}${inner.message}`;
}

/** A value on one line, without the marks that JSON needs and a reader does not. */
export function compact(value: unknown, most = 240): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
  return text.slice(0, 4 * most).replace(/["{}]/g, "").replace(/\s+/g, " ").replace(/,(?=\S)/g, ", ").slice(0, most);
}
