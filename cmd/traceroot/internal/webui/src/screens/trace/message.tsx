// One message, whole: who says it, its text and parts, and the calls that it asks for.
import { useState } from "preact/hooks";
import { formatted } from "../../state/prefs";
import { bytes, int } from "../../ui/format";
import { Glyph } from "../../ui/glyph";
import { Json } from "../../ui/json";
import { looksLikeMarkdown, Markdown } from "../../ui/markdown";
import { Text } from "../../ui/text";
import type { AskedCall, Message } from "../../wire";
import { CallCard } from "./callcard";
import { hasFailed, nameOf, type Model } from "./model";
import { asObject } from "./paged";
import { Parts } from "./parts";
import { textOf } from "./talk";
import { selectSpan, type View } from "./view";

interface Props { v: View; m: Model; hash: string; message: Message | undefined; look?: string; clip?: boolean; asked?: AskedCall[]; tokens?: number }

export function MessageBox({ v, m, hash, message, look = "", clip = false, asked, tokens }: Props) {
  const mine = v.pointed.value === hash ? " pointed" : "";
  if (!message) return <article class={`msg ${look}`}><header><b>message</b><span class="mono ell">{hash}</span><span class="grow" /><span>not here</span></header></article>;
  return (
    <article class={`msg ${look}${mine}`} data-hash={hash}>
      <Header v={v} m={m} message={message} tokens={tokens} />
      {message.role === "tool" ? <Result message={message} /> : <Body message={message} clip={clip && message.role === "system"} asSent={v.all.value} />}
      {(message.tool_calls?.length ?? 0) > 0 && (
        <div class="calls">
          {message.tool_calls?.map((call, n) => {
            const known = asked?.find((a) => a.id !== "" && a.id === call.id) ?? asked?.[n];
            return <CallCard key={n} v={v} m={m} call={call} asked={known} />;
          })}
        </div>
      )}
    </article>
  );
}

function Header({ v, m, message, tokens }: { v: View; m: Model; message: Message; tokens: number | undefined }) {
  const span = message.toolCallId ? v.talk.value?.spanOf.get(message.toolCallId) : undefined;
  const bad = message.isError || (span !== undefined && hasFailed(m, span));
  const name = message.name ?? (span === undefined ? "" : nameOf(m, span));
  return (
    <header>
      <b class="ell"><Text value={message.role || "message"} /></b>
      {message.role === "tool" && <Glyph kind="tool" state={bad ? "err" : undefined} />}
      {name && <span class="ell"><Text value={name} /></span>}
      {message.toolCallId && <span class="mono ell"><Text value={message.toolCallId} /></span>}
      <span class="grow" />
      <span class="nowrap">{tokens ? `${int(tokens)} tok` : bytes(message.bytes)}</span>
      {span !== undefined && <button class="link" onClick={() => selectSpan(v, span)}>span</button>}
      {canFormat(v, message) && <Formatted />}
    </header>
  );
}

/** An answer is laid out as Markdown, but not among all messages as sent: there every character counts. */
const canFormat = (v: View, message: Message) => message.role === "assistant" && !v.all.value && looksLikeMarkdown(textOf(message));

const Formatted = () => (
  <button class="link" aria-pressed={formatted.value} title="Markdown, or as the model wrote it" onClick={() => { formatted.value = !formatted.value; }}>{formatted.value ? "as written" : "formatted"}</button>
);

function Result({ message }: { message: Message }) {
  const value = typeof message.content === "string" ? asObject(message.content) : undefined;
  if (value !== undefined) return <div class="jbody"><Json value={value} /></div>;
  return <Body message={message} clip={false} asSent />;
}

function Body({ message, clip, asSent }: { message: Message; clip: boolean; asSent: boolean }) {
  const [open, setOpen] = useState(false);
  const { content } = message;
  if (content === "" || content.length === 0) return null;
  const long = clip && !open;
  const laidOut = message.role === "assistant" && !asSent && formatted.value;
  return (
    <div class={long ? "body clip" : "body"} onClick={long ? () => setOpen(true) : undefined} title={long ? "Show all of it" : undefined}>
      {typeof content !== "string" ? <Parts parts={content} laidOut={laidOut} /> : laidOut ? <Markdown value={content} /> : <Text value={content} />}
    </div>
  );
}
