// One turn of the conversation: who said what, with the calls it made and what came back.
import { useSignal } from "@preact/signals";
import { formatted } from "../../state/prefs";
import { bytes, dur, plural, usd } from "../../ui/format";
import { Glyph } from "../../ui/glyph";
import { Icon } from "../../ui/icon";
import { Markdown } from "../../ui/markdown";
import { Odd, Text } from "../../ui/text";
import type { Message, Part, Verdict } from "../../wire";
import { Talk } from "./conversation";
import { compact, complaint, type Said, type Sub } from "./exchange";
import { hasFailed, isRunning, noteOf, stateOf, tookOf, within, type Model } from "./model";
import type { Sight } from "./sight";
import { messagesOf, textOf } from "./talk";
import { selectSpan, type View } from "./view";

interface SaidProps { v: View; m: Model; said: Said; results: Map<string, Message>; here: boolean; later: boolean }

const looks: Record<string, string> = { user: "user", assistant: "asst", system: "sys", developer: "sys" };

export function SaidView({ v, m, said, results, here, later }: SaidProps) {
  const { message } = said;
  const by = said.by === undefined ? undefined : m.byId.get(said.by);
  const whole = useSignal(false);
  const folded = (message.role === "system" || message.role === "developer") && !whole.value;
  const text = briefOf(message);
  const pick = (e: Event) => {
    if (by !== undefined && !(e.target as Element).closest("button, a")) selectSpan(v, by);
    else if (by === undefined) whole.value = !whole.value;
  };
  const long = text.length > longText && !whole.value;
  const shown = long ? text.slice(0, longText) : text;
  const states = [here && "here", later && "later", v.pointed.value === said.hash && "pointed"].filter(Boolean).join(" ");
  return (
    <div class={`cm ${looks[message.role] ?? ""} ${states}`} data-said={said.hash} onClick={pick}>
      <div class="who"><Who m={m} said={said} /></div>
      {text && folded && <p class="t2 ell"><Text value={text.split("\n", 1)[0] ?? ""} /></p>}
      {text && !folded && (
        <div class="said">
          {message.role === "assistant" && formatted.value ? <Markdown value={shown} /> : <Text value={shown} />}
          {long && <button class="link t3" onClick={() => { whole.value = true; }}> … all of it</button>}
        </div>
      )}
      <Others content={message.content} />
      {message.tool_calls?.map((call, n) => <Call key={n} v={v} m={m} call={call} result={results.get(call.id)} />)}
    </div>
  );
}

const longText = 4000;

function Who({ m, said }: { m: Model; said: Said }) {
  const { message } = said;
  if (said.by !== undefined) {
    return <><b class="ell"><Text value={message.role} /></b><span>#{said.call}, +{dur(said.at)}</span><span class="grow" />{said.cost !== undefined && <span>{usd(said.cost)}</span>}</>;
  }
  const when = said.earlier ? "earlier turn" : message.role === "user" && m.trace.turn ? "this turn" : message.name ?? "";
  return <><b class="ell"><Text value={message.role} /></b><span class="ell"><Text value={message.role === "system" ? "" : when} /></span></>;
}

// Others names the parts of a message that are no text.
function Others({ content }: { content: string | Part[] }) {
  if (typeof content === "string") return null;
  const kinds = content.filter((p) => !isBrief(p)).map(kindOfPart);
  return kinds.length > 0 ? <p class="t3 s"><Text value={kinds.join(", ")} /></p> : null;
}

const isBrief = (p: Part) => (p.type === "text" || p.type === "refusal") && !p.blob;

function kindOfPart(p: Part): string {
  if (p.type === "text") return `text ${bytes(p.bytes ?? 0)}`;
  const [family = "", kind = ""] = (p.mime ?? p.type).split("/");
  return family === "application" ? kind : family;
}

// briefOf leaves out texts of which only the beginning is here: the detail has them.
function briefOf(message: Message): string {
  if (typeof message.content === "string") return message.content;
  const parts = message.content.filter(isBrief);
  return parts.length > 0 ? parts.map((p) => p.text ?? "").join("\n\n") : textOf(message);
}

function Call({ v, m, call, result }: { v: View; m: Model; call: { id: string; name: string; arguments: unknown }; result: Message | undefined }) {
  const span = v.talk.value?.spanOf.get(call.id);
  const bad = result?.isError || (span !== undefined && hasFailed(m, span));
  const go = () => selectSpan(v, span);
  const said = result ? (bad ? complaint(textOf(result)) : compact(textOf(result))) : span !== undefined && isRunning(m, span) ? "running" : "";
  const note = span === undefined ? "" : noteOf(m, span);
  const unread = bad ? "failed" : m.running ? "not read yet" : "no result was shown to the model";
  return (
    <div class={`callc${bad ? " bad" : ""}`}>
      <button class={span !== undefined && v.index.value === span ? "on" : ""} tabIndex={-1} onClick={go} title="Go to the tool call">
        <Glyph kind="tool" state={span === undefined ? (bad ? "err" : undefined) : stateOf(m, span)} size={11} />
        <b class="b"><Text value={call.name} /></b>
        <span class="mono t3 ell grow"><Text value={compact(call.arguments)} /></span>
      </button>
      {(said || span !== undefined) && (
        <button tabIndex={-1} onClick={go} title="Go to the tool call">
          <span class={bad ? "err ell grow" : "ell grow mono"}>{bad && note ? <><Text value={note} /> </> : ""}<Boxed text={said || unread} verdict={m.trace.verdict} /></span>
          {span !== undefined && <span class="t3 xs nowrap">{dur(tookOf(m, span, v.now.peek()))}</span>}
        </button>
      )}
    </div>
  );
}

// Boxed marks in a text the odd characters that the verdict speaks of.
function Boxed({ text, verdict }: { text: string; verdict: Verdict | undefined }) {
  const odd = oddWord(verdict);
  const at = odd ? text.indexOf(odd.word) : -1;
  if (!odd || at < 0) return <Text value={text} />;
  return <><Text value={text.slice(0, at)} /><span class="mono"><Odd value={odd.word} at={odd.at} /></span><Text value={text.slice(at + odd.word.length)} /></>;
}

// oddWord is the word of the verdict with characters that are not as they should be, and where in it they are.
function oddWord(verdict: Verdict | undefined): { word: string; at: number[] } | undefined {
  const part = verdict?.parts.find((p) => (p.odd?.length ?? 0) > 0);
  const first = part?.odd?.[0];
  if (!part || first === undefined) return undefined;
  const characters = [...part.text];
  const from = characters.lastIndexOf(" ", first) + 1;
  const to = characters.indexOf(" ", first);
  return { word: characters.slice(from, to < 0 ? undefined : to).join(""), at: part.odd?.map((n) => n - from) ?? [] };
}

export function SubView({ v, m, sub, sight }: { v: View; m: Model; sub: Sub; sight: Sight }) {
  const index = m.byId.get(sub.span);
  const inside = index !== undefined && v.index.value >= 0 && within(m, v.index.value, index);
  const turned = useSignal(false);
  const open = inside !== turned.value;
  const last = sub.conversation.turns.at(-1);
  const said = last && !open ? messagesOf([last.hash])[0] : undefined;
  const steps = sub.conversation.turns.filter((t) => t.by !== undefined).length;
  return (
    <div class={`cm sub${inside ? " here" : ""}`} data-sub={sub.span}>
      <div class="who">
        <button class="fd" aria-expanded={open} aria-label={open ? "Fold this conversation" : "Show this conversation"} onClick={() => { turned.value = !turned.value; }}><Icon name={open ? "down" : "right"} size={9} /></button>
        <Glyph kind="agent" size={11} />
        <button onClick={() => selectSpan(v, index)}><b><Text value={sub.agent || "another conversation"} /></b></button>
        <span class="ell">own conversation, {plural(steps, "step")}</span>
      </div>
      {said && <p class="t2 cut"><Text value={compact(textOf(said)) || said.tool_calls?.map((c) => c.name).join(", ") || ""} /></p>}
      {open && <div class="inner"><Talk v={v} m={m} conversation={sub.conversation} sight={sight} /></div>}
    </div>
  );
}
