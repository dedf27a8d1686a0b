// The right pane: the conversation, and what of it the selected call had seen.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { dur, int, plural } from "../../ui/format";
import { Icon } from "../../ui/icon";
import { Text } from "../../ui/text";
import type { Conversation as Wire, Message } from "../../wire";
import { exchangeOf, type Item } from "./exchange";
import { FindBox } from "./findbox";
import { markTexts } from "./highlight";
import { endOf, idOf, inOf, isRunning, kindOf, orderOf, type Model } from "./model";
import { sightOf, type Sight } from "./sight";
import { Streaming } from "./streaming";
import { messagesOf } from "./talk";
import { SaidView, SubView } from "./turn";
import { selectSpan, type View } from "./view";

export function ConversationPane({ v, m }: { v: View; m: Model }) {
  const box = useRef<HTMLDivElement>(null);
  const find = useSignal("");
  const found = useSignal<Range[]>([]);
  const at = useSignal(-1);
  const conversation = v.conversation.value;
  const count = conversation ? countOf(conversation) : 0;
  const sight = useComputed(() => sightOf(v)).value;
  useSight(box, v, sight);
  useEffect(() => {
    found.value = markTexts("conversation", box.current, find.value);
    at.value = -1;
  }, [find.value, conversation]);
  const step = (direction: 1 | -1) => {
    if (found.value.length === 0) return;
    at.value = (at.value + direction + found.value.length) % found.value.length;
    found.value[at.value]?.startContainer.parentElement?.scrollIntoView({ block: "center" });
  };
  return (
    <section class={v.pane.value === 2 ? "on" : ""} aria-label="Conversation" data-pane="2">
      <div class="ph">
        <h2>Conversation</h2>
        <span class="t3 s ell">{count > 0 ? `${plural(count, "message")}${count > 3 ? ", each shown once" : ""}` : ""}</span>
        <span class="grow" />
        <FindBox pane={2} text={find} label="Search conversation" found={found.value.length} step={step} />
      </div>
      <div class="scroll cv" tabIndex={0} ref={box} role="log" aria-label="Messages" aria-live="off">
        {conversation && count > 0 ? <Talk v={v} m={m} conversation={conversation} sight={sight} /> : conversation && <p class="t2">{silence(m)}</p>}
        <LiveAnswers v={v} m={m} sight={sight} />
        <Outcome v={v} m={m} />
      </div>
    </section>
  );
}

const countOf = (c: Wire): number => c.turns.length;

function silence(m: Model): string {
  if (m.trace.calls.length === 0) return "No model call, so no conversation.";
  return m.running ? "Nothing was said yet." : "The model calls of this trace tell no messages: content capture is off (WithContent), or their sender sends none.";
}

export function Talk({ v, m, conversation, sight }: { v: View; m: Model; conversation: Wire; sight: Sight }) {
  const { items, results } = exchangeOf(conversation, messagesOf(conversation.turns.map((t) => t.hash)));
  let ruled = false;
  return (
    <>
      {items.map((item) => {
        const here = item.is === "said" && item.by !== undefined && item.by === sight.call;
        const rule = here && !ruled;
        ruled ||= here;
        return (
          <ItemView key={item.is === "said" ? item.hash : item.span} v={v} m={m} item={item} results={results} here={here} rule={rule} sight={sight} />
        );
      })}
    </>
  );
}

interface ItemProps { v: View; m: Model; item: Item; results: Map<string, Message>; here: boolean; rule: boolean; sight: Sight }

function ItemView({ v, m, item, results, here, rule, sight }: ItemProps) {
  if (item.is === "sub") return <SubView v={v} m={m} sub={item} sight={sight} />;
  const call = sight.call === undefined ? undefined : m.byId.get(sight.call);
  return (
    <>
      {rule && call !== undefined && <div class="saw">call #{orderOf(m, call)} saw everything above{inOf(m, call) > 0 ? `, ${int(inOf(m, call))} tokens` : ""}</div>}
      <SaidView v={v} m={m} said={item} results={results} here={here} later={sight.later(item)} />
    </>
  );
}

// LiveAnswers are what model calls have said so far whose messages are not stored yet: of those that run the last, and all
// that ended just now.
function LiveAnswers({ v, m, sight }: { v: View; m: Model; sight: Sight }) {
  const open = m.trace.calls.filter((i) => kindOf(m, i) === "llm" && (isRunning(m, i) || m.live.has(idOf(m, i))));
  const last = open.findLast((i) => isRunning(m, i));
  return <>{open.filter((i) => !isRunning(m, i) || i === last).map((i) => <LiveAnswer key={idOf(m, i)} v={v} m={m} call={i} here={sight.call === idOf(m, i)} />)}</>;
}

function LiveAnswer({ v, m, call, here }: { v: View; m: Model; call: number; here: boolean }) {
  const runs = isRunning(m, call);
  return (
    <>
      {here && <div class="saw">call #{orderOf(m, call)} saw everything above{inOf(m, call) > 0 ? `, ${int(inOf(m, call))} tokens` : ""}</div>}
      <div class={`cm asst${here ? " here" : ""}`} onClick={() => selectSpan(v, call)}>
        <div class="who"><b>assistant</b><span>#{orderOf(m, call)}, +{dur(runs ? v.now.value : endOf(m, call, 0))}</span></div>
        <p><Streaming span={idOf(m, call)} />{runs && <span class="caret" />}</p>
      </div>
    </>
  );
}

function Outcome({ v, m }: { v: View; m: Model }) {
  const { row } = m.trace;
  if (row.status !== "failed") return null;
  return (
    <button class="err-box" onClick={() => selectSpan(v, 0)}>
      <span class="row s"><Icon name="err" class="g-err" /><b class="err">Run failed</b>{row.ms !== null && <span class="t3 xs">+{dur(row.ms)}</span>}</span>
      {row.outcome && <span class="s text"><Text value={row.outcome} /></span>}
    </button>
  );
}

// useSight scrolls to what the selected call said, so that what it had seen is above it.
function useSight(box: { current: HTMLElement | null }, v: View, sight: Sight) {
  const wanted = `${v.moved.value} ${v.pointed.value} ${sight.call}`;
  const done = useRef("");
  // The turn may come later than the selection: messages are asked for.
  useLayoutEffect(() => {
    const el = box.current;
    const pointed = v.pointed.peek();
    if (done.current === wanted) return;
    const here = el?.querySelector<HTMLElement>(pointed ? `[data-said="${CSS.escape(pointed)}"]` : ".here");
    if (!el || !here || el.clientHeight === 0) return; // hidden where one pane is shown at a time
    done.current = wanted;
    const top = here.offsetTop - el.offsetTop;
    const want = top - el.clientHeight * 0.62;
    if (want < 0) el.scrollTop = 0;
    else el.scrollTop = starts(el).find((y) => y >= want) ?? want;
  });
}

// starts are the tops of messages: scrolling to one cuts none in two.
const starts = (el: HTMLElement) => [...el.children].map((child) => (child as HTMLElement).offsetTop - el.offsetTop - 8);
