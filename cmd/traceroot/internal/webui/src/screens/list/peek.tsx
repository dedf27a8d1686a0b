// Beside the list: the verdict and the conversation of the selected trace, without leaving.
import { useEffect, useState } from "preact/hooks";
import { immutable, useLoad } from "../../state/api";
import { href, traceHref } from "../../state/url";
import { dur, usd } from "../../ui/format";
import { Failed } from "../../ui/failed";
import { Glyph } from "../../ui/glyph";
import { Icon } from "../../ui/icon";
import { Odd, Text, visible } from "../../ui/text";
import { text } from "../../text";
import type { Conversation, Message, Messages, Part, Row, Trace, Verdict } from "../../wire";
import { listText as t } from "./texts";

const mostMessages = 60;

export function Peek({ row, onClose }: { row: Row; onClose: () => void }) {
  const base = `/api/ui/traces/${encodeURIComponent(row.id)}`;
  const trace = useLoad<Trace>(`${base}?seq=${row.seq}`);
  const talk = useLoad<Conversation>(`${base}/conversation?seq=${row.seq}`);
  return (
    <aside class="peek col" aria-label={t.peek}>
      <div class="ph">
        <Glyph kind="agent" state={row.status === "failed" ? "err" : row.status === "running" ? "run" : undefined} />
        <h2 class="ell"><Text value={row.name} /></h2><span class="t3 s nowrap">{row.ms === null ? t.running : dur(row.ms)} · {usd(row.cost, row.partial)}</span><span class="grow" />
        <a class="btn" href={traceHref(row.id)}>{t.open}</a>
        <button class="btn quiet" aria-label={text.close} title={text.close} onClick={onClose}><Icon name="x" /></button>
      </div>
      <div class="scroll body">
        {trace.error && <Failed error={trace.error} retry={trace.reload} />}
        {trace.data?.row.id === row.id && (trace.data.verdict ? <VerdictLine verdict={trace.data.verdict} trace={row.id} /> : <p class="t3 s">{t.noVerdict}</p>)}
        {talk.data && <Talk conversation={talk.data} />}
      </div>
    </aside>
  );
}

function VerdictLine({ verdict, trace }: { verdict: Verdict; trace: string }) {
  return (
    <p class={`verdict ${verdict.status}`}>
      {verdict.parts.map((part) => {
        const inner = part.odd ? <Odd value={part.text} at={part.odd} /> : <Text value={part.text} />;
        const shown = part.code ? <code>{inner}</code> : inner;
        return part.span ? <a class="link" href={traceHref(trace, part.span)}>{shown}</a> : <span>{shown}</span>;
      })}
    </p>
  );
}

function Talk({ conversation }: { conversation: Conversation }) {
  const [messages, setMessages] = useState<ReadonlyMap<string, Message>>(new Map());
  const turns = conversation.turns.slice(-mostMessages);
  const hashes = [...new Set(turns.map((turn) => turn.hash))];
  useEffect(() => {
    let gone = false;
    const missing = hashes.filter((hash) => !messages.has(hash));
    if (missing.length === 0) return;
    const query = new URLSearchParams(missing.map((hash) => ["h", hash]));
    immutable<Messages>(href("/api/ui/messages", query)).then(({ data }) => {
      if (!gone) setMessages((known) => new Map([...known, ...data.map((m): [string, Message] => [m.hash, m])]));
    }, () => undefined); // the trace's own screen tells why
    return () => { gone = true; };
  }, [hashes.join()]);
  if (turns.length === 0) return <p class="t3 s">{t.noConversation}</p>;
  return <ol class="talk">{turns.map((turn) => <Turn message={messages.get(turn.hash)} />)}</ol>;
}

const longest = 600;

function Turn({ message }: { message: Message | undefined }) {
  if (!message) return <li class="turn" />;
  const said = textOf(message.content);
  return (
    <li class={`turn ${message.role}`}>
      <span class="lab">{visible(message.role)}{message.name && ` ${visible(message.name)}`}</span>
      {said && <p><Text value={said.length > longest ? `${said.slice(0, longest)}…` : said} /></p>}
      {message.tool_calls?.map((call) => <p class="s t2"><Glyph kind="tool" size={10} /> {t.toolCall(visible(call.name))}</p>)}
    </li>
  );
}

function textOf(content: string | Part[]): string {
  if (typeof content === "string") return content;
  return content.map((part) => part.text ?? `[${part.type}]`).join("\n");
}
