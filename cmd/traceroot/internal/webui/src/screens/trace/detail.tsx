// The middle pane: the selected span or group, in tabs.
import { useEffect, useRef } from "preact/hooks";
import { useLoad } from "../../state/api";
import { absolute, hrefWith } from "../../state/url";
import { Chip } from "../../ui/chip";
import { Failed } from "../../ui/failed";
import { Glyph } from "../../ui/glyph";
import { Icon } from "../../ui/icon";
import { Text } from "../../ui/text";
import { copy } from "../../ui/toast";
import type { Span } from "../../wire";
import { copyCurl, copySpan } from "./copies";
import { Facts } from "./facts";
import { LiveOutput } from "./messages";
import { GroupDetail } from "./groupdetail";
import { hasFailed, idOf, isRunning, kindOf, nameOf, noteOf, orderOf, startOf, stateOf, statusOf, within, type Model } from "./model";
import { NotArrived, Waiting } from "./states";
import { selectedGroup } from "./selected";
import { SourceLine } from "./source";
import { tabsOf, type Tab } from "./tabs";
import type { View } from "./view";

export function Detail({ v, m }: { v: View; m: Model }) {
  const group = selectedGroup(v, m);
  const index = v.index.value;
  return (
    <section class={v.pane.value === 1 ? "on" : ""} aria-label="Detail" data-pane="1">
      {group ? <GroupDetail v={v} m={m} group={group} key={group.id} />
        : index >= 0 && m.live.has(idOf(m, index)) ? <LiveDetail v={v} m={m} index={index} />
        : index >= 0 ? <SpanDetail v={v} m={m} index={index} />
        : <NotArrived v={v} m={m} />}
    </section>
  );
}

// A span that only events told of: what is known of it before it is stored.
function LiveDetail({ v, m, index }: { v: View; m: Model; index: number }) {
  const id = idOf(m, index);
  useEffect(() => { v.span.value = undefined; }, [id]);
  const tab = tabsOf(m, index)[0];
  return (
    <>
      <Head v={v} m={m} index={index} span={undefined} />
      <Tabs v={v} tabs={tab ? [tab] : []} current={tab} span={undefined} />
      <div class="scroll dt" tabIndex={0} role="tabpanel" aria-label={tab?.label}>
        <Facts v={v} m={m} index={index} span={undefined} />
        {kindOf(m, index) === "llm" && <LiveOutput v={v} m={m} index={index} />}
        <p class="t2">{isRunning(m, index) ? "It runs. What it was given, its source and its attributes arrive when it ends." : "It has ended. What it was given, its source and its attributes arrive in a moment."}</p>
      </div>
    </>
  );
}

function SpanDetail({ v, m, index }: { v: View; m: Model; index: number }) {
  const id = idOf(m, index);
  const loaded = useLoad<Span>(`/api/ui/spans/${id}?trace=${v.id}`);
  const span = loaded.data?.id === id ? loaded.data : undefined;
  useEffect(() => { v.span.value = span; }, [span]);
  // What runs changes with the trace; what ended is asked for once more, when it ends.
  const version = isRunning(m, index) ? m.trace.seq : -1;
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) loaded.reload();
    first.current = false;
  }, [version]);
  const tabs = tabsOf(m, index);
  const tab = tabs.find((t) => t.name === v.tab.value) ?? tabs[0];
  return (
    <>
      <Head v={v} m={m} index={index} span={span} />
      <Tabs v={v} tabs={tabs} current={tab} span={span} />
      <div class="scroll dt" tabIndex={0} role="tabpanel" aria-label={tab?.label} key={`${id} ${tab?.name}`}>
        <Facts v={v} m={m} index={index} span={span} />
        {span?.source && <SourceLine span={span} source={span.source} />}
        {loaded.error && !span && <Failed error={loaded.error} retry={loaded.reload} />}
        {span ? tab?.body({ v, m, index, span }) : !loaded.error && <Waiting />}
      </div>
    </>
  );
}

function Head({ v, m, index, span }: { v: View; m: Model; index: number; span: Span | undefined }) {
  const order = orderOf(m, index);
  const kind = kindOf(m, index);
  return (
    <div class="ph tall">
      <Glyph kind={kind} state={stateOf(m, index)} size={15} />
      <h2 class="ell"><Text value={nameOf(m, index)} /></h2>
      {order > 0 && <span class="t3 nowrap">#{order}{m.running ? "" : ` of ${m.trace.calls.length}`}</span>}
      <StatusChip m={m} index={index} />
      <span class="grow" />
      {kind === "llm" && (
        <button class="btn quiet" title="Copy as curl" onClick={() => span && void copyCurl(span)}>curl</button>
      )}
      <button class="btn quiet" title="Copy span as JSON" onClick={() => span && void copySpan(span)}>JSON</button>
      <button class="btn quiet" aria-label="Copy link to this span" title="Copy link (y)" onClick={() => void copy(absolute(hrefWith({ span: v.selected.value })), "link")}>
        <Icon name="link" size={13} />
      </button>
    </div>
  );
}

function StatusChip({ m, index }: { m: Model; index: number }) {
  if (hasFailed(m, index)) return <Chip look="err">{failureOf(m, index)}</Chip>;
  if (statusOf(m, index) === "?") return <Chip look="hollow">failed, recovered</Chip>;
  return isRunning(m, index) ? <Chip look="live">running</Chip> : null;
}

function failureOf(m: Model, index: number): string {
  if (kindOf(m, index) === "agent") return "failed";
  if (repeats(m, index)) return "repeat of an earlier failure";
  const cause = m.byId.get(m.trace.verdict?.cause ?? "");
  return cause !== undefined && within(m, cause, index) ? "cause of the failure" : "failed";
}

// repeats reports whether an earlier span of that name failed in the same way.
function repeats(m: Model, index: number): boolean {
  for (let i = 0; i < m.count; i++) {
    const alike = i !== index && hasFailed(m, i) && kindOf(m, i) === kindOf(m, index) && nameOf(m, i) === nameOf(m, index) && noteOf(m, i) === noteOf(m, index);
    if (alike && startOf(m, i) < startOf(m, index)) return true;
  }
  return false;
}

function Tabs({ v, tabs, current, span }: { v: View; tabs: Tab[]; current: Tab | undefined; span: Span | undefined }) {
  const row = useRef<HTMLDivElement>(null);
  const move = (e: KeyboardEvent, at: number) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const next = step === undefined ? undefined : tabs.at((at + step) % tabs.length);
    if (!next) return;
    e.preventDefault();
    e.stopPropagation();
    v.tab.value = next.name;
    row.current?.querySelectorAll("button").item((at + (step ?? 0) + tabs.length) % tabs.length).focus();
  };
  return (
    <div class="ph">
      <div class="tabs" role="tablist" aria-label="Detail of the span" ref={row}>
        {tabs.map((tab, n) => {
          const count = span && tab.count?.(span);
          return (
            <button key={tab.name} role="tab" aria-selected={tab === current} tabIndex={tab === current ? 0 : -1} title={`${tab.label} (${n + 1})`}
              onClick={() => { v.tab.value = tab.name; }} onKeyDown={(e) => move(e, n)}>
              {tab.label}{count ? <span class="n">{count}</span> : null}
            </button>
          );
        })}
      </div>
    </div>
  );
}
