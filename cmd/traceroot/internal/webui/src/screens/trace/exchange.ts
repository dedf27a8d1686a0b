// The conversation as it is read: each message once, a call with its result, other agents' talks in their place.
import type { Conversation, Message } from "../../wire";

export interface Said { is: "said"; hash: string; message: Message; by?: string; call?: number; at: number; cost?: number; earlier: boolean }
export interface Sub { is: "sub"; agent: string; span: string; at: number; conversation: Conversation }
export type Item = Said | Sub;

export interface Exchange {
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
  const question = questionOf(c, messages);
  const items: Item[] = [];
  c.turns.forEach((turn, n) => {
    const message = messages[n];
    if (!message || (message.role === "tool" && message.toolCallId && asked.has(message.toolCallId))) return;
    items.push({ is: "said", message, earlier: n < question, ...turn });
  });
  for (const sub of c.subs) insert(items, { is: "sub", ...sub });
  return { items, results, count: c.turns.length };
}

// A talk stands before the first thing that was said after it began, but not before what began it.
function insert(items: Item[], sub: Sub) {
  const at = items.findIndex((item) => item.at > sub.at);
  items.splice(at < 0 ? items.length : at, 0, sub);
}

// questionOf is the place of the message that this run answers: the last of the user before the first answer.
function questionOf(c: Conversation, messages: (Message | undefined)[]): number {
  const first = c.turns.findIndex((turn) => turn.by !== undefined);
  const given = messages.slice(0, first < 0 ? messages.length : first);
  return given.findLastIndex((message) => message?.role === "user");
}

/** A value on one line, without the marks that JSON needs and a reader does not. */
export function compact(value: unknown, most = 240): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
  return text.slice(0, 4 * most).replace(/["{}]/g, "").replace(/\s+/g, " ").replace(/,(?=\S)/g, ", ").slice(0, most);
}
