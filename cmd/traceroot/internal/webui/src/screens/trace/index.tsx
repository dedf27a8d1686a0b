// The screen of one trace: spans, the selected one, and the conversation, side by side.
import { useEffect, useMemo } from "preact/hooks";
import { get } from "../../state/api";
import { Failed } from "../../ui/failed";
import { Text, visible } from "../../ui/text";
import type { Findings } from "../../wire";
import { useAddress, viewFromAddress } from "./addresssync";
import { ConversationPane } from "./conversation";
import { Detail } from "./detail";
import { Header } from "./header";
import { useTraceKeys } from "./keys";
import { useTrace } from "./live";
import type { Model } from "./model";
import { toList } from "./neighbours";
import { Panes } from "./panes";
import { Spans } from "./spans";
import { Waiting } from "./states";
import type { View } from "./view";

export function TraceScreen({ id }: { id: string }) {
  const v = useMemo(() => viewFromAddress(id), [id]);
  useTrace(v);
  useAddress(v);
  useServerFind(v);
  useTraceKeys(v);
  const m = v.model.value;
  useEffect(() => { if (m) document.title = `${visible(m.trace.row.name)}, ${id.slice(0, 8)} · TraceRoot`; }, [m?.trace.row.name]);
  if (!m) return <Nothing v={v} />;
  return (
    <div class="s-trace">
      <Header v={v} m={m} />
      {v.gone.value && <p class="gone" role="status">This trace was deleted on the server. What is shown here is the last that was known.</p>}
      <Panes><Spans v={v} m={m} /><Detail v={v} m={m} /><ConversationPane v={v} m={m} /></Panes>
      <Foot v={v} m={m} />
      <PaneTabs v={v} />
    </div>
  );
}

// Before the first answer: the frame, and empty lines after a moment.
function Nothing({ v }: { v: View }) {
  const problem = v.problem.value;
  return (
    <div class="s-trace">
      <div class="hd"><div class="row"><h1 class="mono"><Text value={v.id} /></h1></div></div>
      <div class="empty">
        {!problem && <Waiting />}
        {problem?.status === 404 && (
          <div class="note">
            <div class="grow"><b class="b">Trace <span class="mono"><Text value={v.id} /></span> has not arrived.</b> It opens here as soon as its first span does. A trace that was deleted does not come back.</div>
            <button class="btn" onClick={() => { v.retry.value++; }}>Retry</button>
            <button class="btn" onClick={toList}>To the list</button>
          </div>
        )}
        {problem && problem.status !== 404 && <Failed error={problem} retry={() => { v.retry.value++; }} />}
      </div>
    </div>
  );
}

const hints: [keys: string[], what: string, act: string][] = [
  [["j", "k"], "row", "j"], [["n"], "next model call", "n"], [["e"], "next error", "e"], [["p"], "call and result", "p"],
  [["m"], "new or all messages", "m"], [["o"], "open source", "o"], [["v"], "column", "v"],
];

// Each hint is a button too: what a key does can be done without it.
const Foot = ({ v, m }: { v: View; m: Model }) => (
  <div class="foot">
    {hints.map(([keys, what, act]) => (
      <button key={what} tabIndex={-1} onClick={() => dispatchEvent(new KeyboardEvent("keydown", { key: act, cancelable: true }))}>
        {keys.map((key) => <kbd key={key} aria-hidden="true">{key}</kbd>)}{what}
      </button>
    ))}
    <span class="grow" />
    <span class="mono id" title={`Trace ${visible(m.trace.row.id)}`}><Text value={v.id} /></span>
  </div>
);

const names = ["Spans", "Detail", "Conversation"];

const PaneTabs = ({ v }: { v: View }) => (
  <div class="mtabs" role="tablist" aria-label="Panes">
    {names.map((name, n) => (
      <button key={name} role="tab" aria-selected={v.pane.value === n} onClick={() => { v.pane.value = n as 0 | 1 | 2; }}>{name}</button>
    ))}
  </div>
);

const typingMs = 180;

// Payloads are searched on the server, a moment after the last letter.
function useServerFind(v: View) {
  const sought = v.find.value.trim();
  useEffect(() => {
    v.found.value = new Set();
    if (sought.length < 2) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      get<Findings>(`/api/ui/traces/${v.id}/find?q=${encodeURIComponent(sought)}`, stop.signal).then(
        (answer) => { v.found.value = new Set(answer.data.map((place) => place.span)); },
        () => { /* names are searched all the same */ },
      );
    }, typingMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [sought]);
}
