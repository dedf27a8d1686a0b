// What was said in the trace: the conversation, its messages, and which span stands behind a tool call.
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { get } from "../../state/api";
import type { Conversation, Message, Messages } from "../../wire";
import { kindOf, nameOf, type Model } from "./model";

// Messages never change, so they are kept by hash for as long as the page lives.
const known = new Map<string, Message>();
const asked = new Set<string>();
const arrived = signal(0);
const perQuestion = 40;

/** The messages with these hashes; those that are not here yet are asked for, and undefined until then. */
export function messagesOf(hashes: readonly string[]): (Message | undefined)[] {
  arrived.value; // subscribes
  const missing = hashes.filter((h) => !known.has(h) && !asked.has(h));
  for (const h of missing) asked.add(h);
  for (let i = 0; i < missing.length; i += perQuestion) void fetchMessages(missing.slice(i, i + perQuestion));
  return hashes.map((h) => known.get(h));
}

async function fetchMessages(hashes: string[]) {
  try {
    const answer = await get<Messages>(`/api/ui/messages?${hashes.map((h) => `h=${h}`).join("&")}`);
    for (const message of answer.data) known.set(message.hash, message);
  } finally {
    for (const h of hashes) asked.delete(h);
    arrived.value++;
  }
}

export interface Talk {
  conversation: Conversation;
  madeBy: Map<string, number>; // message → the model call that answered it
  spanOf: Map<string, number>; // tool_call_id → the tool span that ran it
}

/** Lays the conversation over the spans of the trace. */
export function talkOf(m: ReadonlySignal<Model | null>, conversation: ReadonlySignal<Conversation | null>): ReadonlySignal<Talk | null> {
  return computed(() => {
    if (!m.value || !conversation.value) return null;
    const talk: Talk = { conversation: conversation.value, madeBy: new Map(), spanOf: new Map() };
    for (const turn of turnsOf(conversation.value)) {
      const by = turn.by === undefined ? undefined : m.value.byId.get(turn.by);
      if (by !== undefined) talk.madeBy.set(turn.hash, by);
    }
    const answers = [...talk.madeBy];
    messagesOf(answers.map(([hash]) => hash)).forEach((message, n) => {
      const by = answers[n]?.[1];
      if (message && by !== undefined && m.value) linkCalls(m.value, by, message, talk.spanOf);
    });
    return talk;
  });
}

function* turnsOf(c: Conversation): Generator<Conversation["turns"][number]> {
  yield* c.turns;
  for (const sub of c.subs) yield* turnsOf(sub.conversation);
}

// linkCalls pairs the calls that a model asked for with the tool spans that the trace links to it, by name and in order.
function linkCalls(m: Model, by: number, message: Message, spanOf: Map<string, number>) {
  const free = [...(m.asks.get(by) ?? [])];
  for (const call of message.tool_calls ?? []) {
    const at = free.findIndex((i) => nameOf(m, i) === call.name || kindOf(m, i) !== "tool");
    const [span] = free.splice(at < 0 ? 0 : at, 1);
    if (span !== undefined && call.id) spanOf.set(call.id, span);
  }
}

/** The text of a message, without its parts that are no text. */
export function textOf(message: Message): string {
  if (typeof message.content === "string") return message.content;
  return (message.content ?? []).filter((p) => p.type === "text" || p.type === "refusal").map((p) => p.text ?? "").join("\n\n");
}
