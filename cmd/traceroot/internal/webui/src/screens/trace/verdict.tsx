// The verdict: one sentence of rules, each noun in it a link to a span.
import { dur, usd } from "../../ui/format";
import { Icon } from "../../ui/icon";
import { Odd, Text } from "../../ui/text";
import type { Verdict } from "../../wire";
import { firstTokenOf, kindOf, nameOf, orderOf, outOf, tookOf, type Model } from "./model";
import { latestRunning, select, selectSpan, type View } from "./view";

export function VerdictBar({ v, m }: { v: View; m: Model }) {
  const { verdict, row } = m.trace;
  if (row.status === "running" && verdict?.status !== "failed") return <RunningBar v={v} m={m} verdict={verdict} />;
  if (!verdict) return null;
  return (
    <div class={`verdict ${verdict.status === "failed" ? "" : "warn"}`} role="note" aria-label="Verdict">
      <span class="ct"><Icon name={verdict.status === "failed" ? "err" : "errh"} size={13} class={verdict.status === "failed" ? "g-err" : ""} /></span>
      <p><Sentence v={v} m={m} verdict={verdict} /></p>
      <div class="jumps">
        <Jump v={v} to={verdict.cause} name="Cause" keys="e" />
        <Jump v={v} to={verdict.slowest} name="Slowest" keys="s" />
        <Jump v={v} to={verdict.costliest} name="Costliest" keys="$" />
      </div>
    </div>
  );
}

function Jump({ v, to, name, keys }: { v: View; to: string | undefined; name: string; keys: string }) {
  if (!to) return null;
  return <button class="btn" onClick={() => { select(v, to); v.pane.value = 1; }}>{name} <kbd aria-hidden="true">{keys}</kbd></button>;
}

function Sentence({ v, m, verdict }: { v: View; m: Model; verdict: Verdict }) {
  let links = 0;
  return (
    <>
      {verdict.parts.map((part, n) => {
        const text = part.odd?.length ? <Odd value={part.text} at={part.odd} /> : <Text value={part.text} />;
        if (part.span && m.byId.has(part.span)) {
          const first = links++ === 0;
          return <button key={n} class={`link ${first ? "b" : ""} ${part.code ? "mono" : ""}`} onClick={() => { select(v, part.span ?? ""); v.pane.value = 1; }}>{text}</button>;
        }
        if (part.code) return <span key={n} class="mono">{text}</span>;
        return n === 0 ? <b key={n} class="b">{text}</b> : <span key={n}>{text}</span>;
      })}
    </>
  );
}

function RunningBar({ v, m, verdict }: { v: View; m: Model; verdict: Verdict | undefined }) {
  const at = latestRunning(m);
  return (
    <div class="verdict livebar" role="note" aria-label="Running">
      <span class="ct"><span class="dot pulse g-run" /></span>
      <p>
        <b class="b">Running, {dur(v.now.value)}.</b>{" "}
        {at !== undefined ? <Now v={v} m={m} at={at} /> : verdict && <Rest v={v} m={m} verdict={verdict} />}
        {m.trace.row.cost > 0 && ` So far ${usd(m.trace.row.cost, m.trace.row.partial)}.`}
      </p>
      <div class="jumps">
        <button class="btn" aria-pressed={v.follow.value} title="Follow the live end (F)" onClick={() => { v.follow.value = !v.follow.value; }}>Follow <kbd aria-hidden="true">F</kbd></button>
      </div>
    </div>
  );
}

// The headline counts time, which the page does by itself.
const Rest = ({ v, m, verdict }: { v: View; m: Model; verdict: Verdict }) => (
  <Sentence v={v} m={m} verdict={{ ...verdict, parts: [{ text: "" }, ...verdict.parts.slice(1)] }} />
);

// Now says what the trace is at.
function Now({ v, m, at }: { v: View; m: Model; at: number }) {
  const link = (words: string) => <button class="link b" onClick={() => selectSpan(v, at)}><Text value={words} /></button>;
  const first = firstTokenOf(m, at);
  if (kindOf(m, at) !== "llm") return <>{link(nameOf(m, at))} runs.</>;
  const call = link(`Model call #${orderOf(m, at)}`);
  if (!(first > 0)) return <>{call} waits for its first token.</>;
  const generating = tookOf(m, at, v.now.value) - first;
  const tokens = outOf(m, at);
  const rate = tokens > 0 && generating > 50 ? `, ${Math.round((tokens / generating) * 1000)} tok/s` : "";
  return <>{call} is answering: first token after {dur(first)}{tokens > 0 ? `, ${tokens} tokens so far` : ""}{rate}.</>;
}
