// The Messages tab of a model call: what was new to it, or everything as it was sent, and what it answered.
import { dur, int, plural } from "../../ui/format";
import { Icon } from "../../ui/icon";
import type { Span } from "../../wire";
import { MessageBox } from "./message";
import { cachedOf, firstTokenOf, idOf, inOf, isRunning, orderOf, outOf, tookOf, type Model } from "./model";
import { Payload } from "./paged";
import { Replaced } from "./rewritten";
import { Streaming } from "./streaming";
import type { Shown } from "./tabs";
import { messagesOf } from "./talk";
import { selectSpan, type View } from "./view";

export function MessagesTab(shown: Shown) {
  const { m, index, span } = shown;
  const nothing = span.in.length === 0 && span.out.length === 0;
  if (nothing && (span.input || span.output)) return <PlainContent span={span} />;
  if (nothing && !isRunning(m, index)) return <NoContent m={m} index={index} />;
  return (
    <>
      {span.in.length > 0 && <Sent {...shown} />}
      <Answer {...shown} />
    </>
  );
}

function Sent({ v, m, index, span }: Shown) {
  const from = span.fresh?.from ?? 0;
  const since = span.fresh?.since === undefined ? undefined : m.byId.get(span.fresh.since);
  const all = v.all.value || since === undefined;
  const shown = all ? span.in : span.in.slice(from);
  const bodies = messagesOf(shown);
  return (
    <section>
      <h3>
        {v.all.value ? `All ${plural(span.in.length, "message")}, as sent` : since === undefined ? "First model call: everything is new" : <span>New since <Call v={v} m={m} index={since} /></span>}
        <span class="t3">{v.all.value ? `${int(inOf(m, index))} tokens` : plural(shown.length, "message")}</span>
        <span class="grow" />
        <span class="seg" role="group" aria-label="Which messages">
          <button aria-pressed={!v.all.value} title="Only what is new (m)" onClick={() => { v.all.value = false; }}>New</button>
          <button aria-pressed={v.all.value} title="All messages as sent (m)" onClick={() => { v.all.value = true; }}>As sent</button>
        </span>
        <kbd aria-hidden="true">m</kbd>
      </h3>
      <div class="msgs">
        {!all && since !== undefined && span.fresh?.rewritten && <Replaced v={v} m={m} span={span} since={since} />}
        {!all && from > 0 && since !== undefined && <Earlier v={v} m={m} index={index} since={since} count={from} />}
        {shown.map((hash, n) => (
          <MessageBox key={`${n} ${hash}`} v={v} m={m} hash={hash} message={bodies[n]} clip={v.all.value}
            look={(all ? span.in.indexOf(hash) >= from || since === undefined : true) ? "new" : ""} />
        ))}
        {shown.length === 0 && <p class="t2">The same messages once more.</p>}
      </div>
    </section>
  );
}

function Earlier({ v, m, index, since, count }: { v: View; m: Model; index: number; since: number; count: number }) {
  const cached = cachedOf(m, index);
  return (
    <button class="fold" onClick={() => { v.all.value = true; }}>
      <Icon name="right" size={9} />
      <span class="ell">{plural(count, "earlier message")}, byte for byte those of call #{orderOf(m, since)} and its answer</span>
      <span class="grow" />
      {cached > 0 && <span class="t3 nowrap">{int(cached)} tok from cache</span>}
    </button>
  );
}

const Call = ({ v, m, index }: { v: View; m: Model; index: number }) => (
  <button class="plain-link" onClick={() => selectSpan(v, index)}>model call #{orderOf(m, index)}</button>
);

function Answer({ v, m, index, span }: Shown) {
  const bodies = messagesOf(span.out);
  if (isRunning(m, index) && span.out.length === 0) return <LiveOutput v={v} m={m} index={index} />;
  return (
    <section>
      <h3>Output <span class="t3">{paceOf(m, index, span)}</span></h3>
      <div class="msgs">
        {span.out.map((hash, n) => (
          <MessageBox key={hash} v={v} m={m} hash={hash} message={bodies[n]} look="outp" asked={span.asked} tokens={span.out.length === 1 ? span.usage?.out : undefined} />
        ))}
        {span.out.length === 0 && (span.output ? <Payload value={span.output} /> : <p class="t2">{emptyAnswer(span)}</p>)}
      </div>
    </section>
  );
}

/** What a model call has said so far, which runs or is not stored yet. */
export function LiveOutput({ v, m, index }: { v: View; m: Model; index: number }) {
  const first = firstTokenOf(m, index);
  const runs = isRunning(m, index);
  return (
    <section>
      <h3>Output {runs && <span class="ok">{first > 0 ? "streaming" : `waiting ${dur(tookOf(m, index, v.now.value))}`}</span>}</h3>
      <article class="msg outp">
        <header><b>assistant</b></header>
        <div><Streaming span={idOf(m, index)} />{runs && <span class="caret" />}</div>
      </article>
    </section>
  );
}

const emptyAnswer = (span: Span) => (span.status === "ERROR" ? "The call failed before it answered." : "The answer is empty.");

function paceOf(m: Model, index: number, span: Span): string {
  const tokens = outOf(m, index);
  const took = tookOf(m, index, 0) - firstTokenOf(m, index);
  return [
    tokens > 0 ? plural(tokens, "token") : "",
    tokens > 0 && took > 50 ? `${Math.round((tokens / took) * 1000)} tok/s` : "",
    span.usage?.reasoning ? `${int(span.usage.reasoning)} of them reasoning` : "",
    span.finishReasons?.length ? `stop: ${span.finishReasons.join(", ")}` : "",
    span.incomplete ? "cut before its end" : "",
  ].filter(Boolean).join(", ");
}

/** Content that no message could be read from: as the sender wrote it. */
function PlainContent({ span }: { span: Span }) {
  return (
    <>
      {span.input && <section><h3>Input</h3><Payload value={span.input} /></section>}
      {span.output && <section><h3>Output</h3><Payload value={span.output} /></section>}
    </>
  );
}

function NoContent({ m, index }: { m: Model; index: number }) {
  const tokens = inOf(m, index);
  return (
    <p class="t2">
      {tokens > 0 ? `${int(tokens)} tokens in, ${int(outOf(m, index))} out. ` : ""}
      The sender did not capture content: <span class="mono">WithContent(false)</span>, or <span class="mono">CaptureInput</span> and <span class="mono">CaptureOutput</span> of this span.
    </p>
  );
}
