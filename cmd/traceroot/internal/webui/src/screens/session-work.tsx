// The work behind a turn: its model calls and tools, what each said, and why the turn failed. The server keeps it with the
// trace; a session asks for a few traces at a time.
import { signal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, get, immutable } from "../state/api";
import type { Conversation, Message, Messages, Session, Trace } from "../wire";

export type Turn = Session["turns"][number];

export interface Step {
  span: string; kind: "llm" | "tool"; name: string;
  number?: number; // of a model call: #1 is the first of its trace
  ms: number; // -1 while it runs
  failed: boolean; running: boolean;
  in: number; cached: number; // tokens of a model call
  text: string; // what it said, on one line; a failed step's error
}

export interface Work { steps: Step[]; verdict: Trace["verdict"]; input?: string; output?: string }

export type Works = ReadonlyMap<string, Work>;

const atATime = 4;
const mostTurns = 300;

/** By trace. Grows while the traces come in, and follows those that change. */
export function useWorks(turns: Turn[]): Signal<Works> {
  const works = useRef(signal<Works>(new Map())).current;
  const known = useRef(new Map<string, number>()).current; // by trace, the state of it that was asked for
  useEffect(() => {
    const stop = new AbortController();
    const wanted = turns.slice(-mostTurns).filter((turn) => known.get(turn.id) !== turn.seq);
    const next = async (): Promise<void> => {
      const turn = wanted.shift();
      if (!turn || stop.signal.aborted) return;
      try {
        const work = await workOf(turn.id, stop.signal);
        known.set(turn.id, turn.seq);
        works.value = new Map(works.peek()).set(turn.id, work);
      } catch (error) {
        if (!(error instanceof ApiError)) return; // aborted
      }
      return next();
    };
    for (let i = 0; i < atATime; i++) void next();
    return () => stop.abort();
  }, [turns.map((turn) => `${turn.id} ${turn.seq}`).join()]);
  return works;
}

async function workOf(id: string, stop: AbortSignal): Promise<Work> {
  const url = `/api/ui/traces/${encodeURIComponent(id)}`;
  const [trace, conversation] = await Promise.all([get<Trace>(url, stop), get<Conversation>(`${url}/conversation`, stop)]);
  const steps = stepsOf(trace);
  const said = await saidIn(trace, conversation);
  for (const step of steps) step.text = oneLine(said.get(step.span) ?? "") || step.text;
  return { steps, verdict: trace.verdict, input: trace.input, output: trace.output };
}

export function stepsOf({ spans, calls }: Trace): Step[] {
  const number = new Map(calls.map((span, i) => [span, i + 1]));
  return spans.id.flatMap((span, i): Step[] => {
    const kind = ({ L: "llm", T: "tool" } as const)[spans.kind[i] ?? ""];
    if (!kind) return [];
    const status = spans.status[i];
    return [{
      span, kind, name: spans.names[spans.name[i] ?? 0] ?? "", number: number.get(i), ms: spans.ms[i] ?? -1,
      failed: status === "!" || status === "^" || status === "?", running: status === "+",
      in: spans.in[i] ?? 0, cached: spans.cached[i] ?? 0, text: spans.note[i] ?? "",
    }];
  });
}

/** What each model call answered, and what each tool that it asked for gave back, by span. */
async function saidIn(trace: Trace, conversation: Conversation): Promise<Map<string, string>> {
  const turns = everyTurn(conversation);
  const messages = await bodies(turns.map((turn) => turn.hash));
  const results = new Map<string, string>();
  for (const message of messages.values()) if (message.toolCallId) results.set(message.toolCallId, textOf(message));
  const said = new Map<string, string>();
  for (const { hash, by } of turns) {
    const message = messages.get(hash);
    if (!by || !message) continue;
    said.set(by, textOf(message) || (message.tool_calls ?? []).map((call) => call.name).join(", "));
    const asked = trace.links.filter(([call]) => trace.spans.id[call] === by).map(([, tool]) => tool);
    for (const call of message.tool_calls ?? []) {
      const at = asked.findIndex((tool) => trace.spans.names[trace.spans.name[tool] ?? 0] === call.name);
      const [tool] = at < 0 ? [] : asked.splice(at, 1);
      const result = results.get(call.id);
      if (tool !== undefined && result !== undefined) said.set(trace.spans.id[tool] ?? "", result);
    }
  }
  return said;
}

const everyTurn = (conversation: Conversation): Conversation["turns"] =>
  [...conversation.turns, ...conversation.subs.flatMap((sub) => everyTurn(sub.conversation))];

const atOnce = 100; // so that addresses stay short

async function bodies(hashes: string[]): Promise<Map<string, Message>> {
  const all = [...new Set(hashes)];
  const asked: Promise<Messages>[] = [];
  for (let i = 0; i < all.length; i += atOnce) asked.push(immutable<Messages>(`/api/ui/messages?${all.slice(i, i + atOnce).map((hash) => `h=${hash}`).join("&")}`));
  const answers = await Promise.all(asked);
  return new Map(answers.flatMap((answer) => answer.data.map((message) => [message.hash, message] as const)));
}

function textOf({ content }: Message): string {
  return typeof content === "string" ? content : content.map((part) => part.text ?? "").filter(Boolean).join("\n");
}

const longest = 400;

/** JSON without its quotes and braces reads like a sentence; other text stays as it is. */
function oneLine(text: string): string {
  const short = text.slice(0, longest).trim();
  const plain = /^[{[]/.test(short) ? short.replace(/["{}[\]]/g, "").replace(/,(?=\S)/g, ", ") : short;
  return plain.replace(/\s+/g, " ");
}
