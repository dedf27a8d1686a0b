// The list of traces: which run was it, what runs now, what fails, what is dear, since when?
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLoad } from "../state/api";
import { second } from "../state/clock";
import { useEvents } from "../state/events";
import { useKeys } from "../state/keys";
import { listAddress, order } from "../state/listorder";
import { isPainted } from "../state/painted";
import { pref } from "../state/prefs";
import { go, href, param, remember, remembered, setParams, traceHref } from "../state/url";
import { text } from "../text";
import { Failed } from "../ui/failed";
import { Icon } from "../ui/icon";
import { Virtual, type VirtualHandle } from "../ui/virtual";
import type { Facets as FacetsData, Histogram as HistogramData } from "../wire";
import { Empty } from "./list/empty";
import { Facets } from "./list/facets";
import { Foot } from "./list/foot";
import { Head, SortMenu } from "./list/head";
import { Histogram } from "./list/histogram";
import { ask, atTop, changed, failure, flush, followList, following, hasMore, hovered, ids, load, loading, more, paused, rowOf, selected, waiting } from "./list/model";
import { Peek } from "./list/peek";
import { QueryBox } from "./list/querybox";
import { Range } from "./list/range";
import { Row, rowId, type Shown } from "./list/row";
import { listText as t } from "./list/texts";
import { Totals } from "./list/totals";

const showFilters = pref("filters", true);
const sheet = signal(false); // the filters over the list, where the page is narrow
const peeking = signal(false);
const marked = signal<readonly string[]>([]);
const buckets = 96;
const nearEnd = 25; // rows, where more are loaded
const desktopRow = 47;
const narrowRow = 84;
const narrow = matchMedia("(max-width: 720px)");

export function TracesScreen() {
  const question = { q: param("q"), from: param("from"), to: param("to"), sort: param("sort") };
  const { q, from, to, sort } = question;
  const list = useRef<VirtualHandle | null>(null);
  const rowHeight = useMatches(narrow) ? narrowRow : desktopRow;
  const [round, setRound] = useState(0);
  const facets = useLoad<FacetsData>(isPainted.value ? href("/api/ui/facets", { q, from, to, round: String(round) }) : undefined);
  const histogram = useLoad<HistogramData>(isPainted.value ? href("/api/ui/histogram", { q, from, to, buckets: String(buckets), round: String(round) }) : undefined);

  useEffect(followList, []);
  // At once: the selection of another visit would show until the screen is painted, and keys would find it gone.
  useLayoutEffect(() => { selected.value = remembered<string>("selected") ?? ""; }, [q, from, to, sort]);
  useEffect(() => { ask(question); }, [q, from, to, sort]);
  useScrollMemory(list);
  useCountsSoon(() => setRound((n) => n + 1));
  useListKeys(list, () => rowHeight);

  const shown = ids.value;
  const age = Math.floor(second.value / 10_000);
  const version = [changed.value, age, selected.value, marked.value, shown].map(identity).join();
  const peeked = peeking.value ? rowOf(selected.value) : undefined;
  const queryError = failure.value?.status === 400 ? failure.value : undefined;
  return (
    <div class={`s-traces${showFilters.value ? "" : " nofilters"}${peeked ? " peeking" : ""}`}>
      {(showFilters.value || sheet.value) && (
        <Facets facets={facets.data} query={q} dim={facets.loading && loading.value} open={sheet.value}
          controls={<><Range /><SortMenu /><FollowButton list={list} /><CloseSheet /></>} />
      )}
      <section class="list">
        <h1 class="sr">{t.title}</h1>
        <div class="query">
          <QueryBox query={q} onQuery={(next) => setParams({ q: next }, { push: true })} error={queryError} />
          <Range />
          <FollowButton list={list} />
        </div>
        <div class="sum">
          <Histogram data={histogram.data} dim={histogram.loading && loading.value} />
          <Totals data={histogram.data} dim={histogram.loading && loading.value} />
          <button class="btn tosheet" aria-expanded={sheet.value} aria-controls="filters" onClick={() => { sheet.value = true; }}>{t.filters}</button>
        </div>
        <Head />
        <div class="tb" onPointerEnter={() => { hovered.value = true; }} onPointerLeave={() => { hovered.value = false; }}>
          {waiting.value.length > 0 && !following.value || (waiting.value.length > 0 && hovered.value)
            ? <button class="pill" onClick={() => { flush(); list.current?.toTop(); }}>{t.waiting(waiting.value.length)}</button> : null}
          {failure.value && !queryError && <div class="problem"><Failed error={failure.value} retry={() => void load()} /></div>}
          {shown.length === 0 && loading.value && <Skeleton />}
          {shown.length === 0 && !loading.value && !failure.value && <Empty q={q} from={from} to={to} />}
          <Virtual count={shown.length} rowHeight={rowHeight} version={version} label={t.title} active={selected.value ? rowId(selected.value) : undefined}
            class={loading.value && shown.length > 0 ? "dim" : ""} handle={list} multi
            onScroll={(top) => { atTop.value = top < rowHeight / 2; }}
            onRange={(_, last) => { if (last > shown.length - nearEnd && hasMore()) void more(); }}
            slot={(root) => new Row(root, shownAt)} />
        </div>
        <Foot marked={marked} onMove={(by) => moveSelection(by, list)} onPeek={togglePeek} onMark={toggleMark} onFilters={toggleFilters} onOpen={openSelected} />
      </section>
      {peeked && <Peek row={peeked} onClose={togglePeek} />}
    </div>
  );
}

function shownAt(index: number): Shown | undefined {
  const row = rowOf(ids.peek()[index]);
  return row && { row, now: second.peek(), count: ids.peek().length, selected: row.id === selected.peek(), marked: marked.peek().includes(row.id) };
}

const seen = new WeakMap<object, number>();
let objects = 0;

/** A number for each object, so that versions compare as texts. */
function identity(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value) ?? ++objects;
  seen.set(value, known);
  return known;
}

function FollowButton({ list }: { list: { current: VirtualHandle | null } }) {
  const toggle = () => toggleFollow(list);
  return (
    <button class="btn follow" aria-pressed={following.value} title={t.followTitle} onClick={toggle}>
      <span class={following.value ? "dot pulse" : "dot"} />{t.follow} <kbd aria-hidden="true">F</kbd>
    </button>
  );
}

function CloseSheet() {
  return <button class="btn quiet" aria-label={text.close} title={text.close} onClick={() => { sheet.value = false; }}><Icon name="x" /></button>;
}

function toggleFollow(list: { current: VirtualHandle | null }): void {
  if (following.peek()) {
    paused.value = true;
    return;
  }
  paused.value = false;
  select("");
  list.current?.toTop();
  flush();
}

function select(id: string): void {
  if (selected.peek() === id) return;
  selected.value = id;
  remember("selected", id);
}

function moveSelection(by: number, list: { current: VirtualHandle | null }): void {
  const shown = ids.peek();
  const at = shown.indexOf(selected.peek());
  const next = Math.max(0, Math.min(shown.length - 1, at >= 0 ? at + by : by === Infinity ? by : 0));
  const id = shown[next];
  if (id === undefined) return;
  select(id);
  list.current?.show(next);
}

function togglePeek(): void {
  const first = ids.peek()[0];
  if (!selected.peek() && first) select(first);
  peeking.value = !peeking.peek();
}

function toggleMark(): void {
  const id = selected.peek();
  if (!id) return;
  const now = marked.peek();
  marked.value = now.includes(id) ? now.filter((other) => other !== id) : [...now, id].slice(-2);
}

function toggleFilters(): void { showFilters.value = !showFilters.peek(); }

function openSelected(): void {
  const id = selected.peek();
  if (!id) return;
  go(traceHref(id));
}

function useListKeys(list: { current: VirtualHandle | null }, rowHeight: () => number): void {
  const page = () => Math.max(1, Math.floor((list.current?.element()?.clientHeight ?? 0) / rowHeight()) - 1);
  const move = (by: number) => moveSelection(by, list);
  const inList = (e: KeyboardEvent) => e.target === document.body || e.target === list.current?.element() || (e.target as Element).id === "content";
  useKeys({
    j: () => move(1), k: () => move(-1),
    ArrowDown: (e) => inList(e) && move(1), ArrowUp: (e) => inList(e) && move(-1),
    PageDown: (e) => inList(e) && move(page()), PageUp: (e) => inList(e) && move(-page()),
    Home: (e) => inList(e) && move(-Infinity), End: (e) => inList(e) && move(Infinity),
    Enter: () => openSelected(), " ": () => togglePeek(), x: () => toggleMark(), F: () => toggleFollow(list), f: () => toggleFilters(),
    Escape: () => {
      if (sheet.peek()) sheet.value = false;
      else if (peeking.peek()) peeking.value = false;
      else if (selected.peek()) select("");
      else if (marked.peek().length > 0) marked.value = [];
      else return false;
    },
  });
}

const restingMs = 200;

/** Back brings the place in the list back. And the trace that is opened knows the list that it is in. */
function useScrollMemory(list: { current: VirtualHandle | null }): void {
  const wanted = useRef(remembered<number>("scroll"));
  useEffect(() => {
    const element = list.current?.element();
    if (!element) return;
    if (wanted.current && ids.value.length > 0) {
      element.scrollTop = wanted.current;
      wanted.current = undefined;
    }
  }, [ids.value.length > 0]);
  useEffect(() => {
    let resting: ReturnType<typeof setTimeout> | undefined;
    let kept = 0;
    const keep = () => {
      kept = performance.now();
      remember("scroll", list.current?.element()?.scrollTop ?? 0);
    };
    // What scrolls by steps ends at each of them, and browsers take their time to remember.
    const keepSometimes = () => {
      clearTimeout(resting);
      if (performance.now() - kept > restingMs) keep();
      else resting = setTimeout(keep, restingMs);
    };
    const element = list.current?.element();
    element?.addEventListener("scrollend", keepSometimes);
    return () => {
      clearTimeout(resting);
      element?.removeEventListener("scrollend", keepSometimes);
      order.value = ids.peek();
    };
  }, []);
  listAddress.value = location.pathname + location.search;
}

const countsEveryMs = 2000;

/** Counts follow what comes in, not more often than can be read. */
function useCountsSoon(refresh: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEvents(["traces"], (event) => {
    if (event.type !== "trace.row" && event.type !== "trace.gone") return;
    timer.current ??= setTimeout(() => { timer.current = undefined; refresh(); }, countsEveryMs);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
}

function useMatches(media: MediaQueryList): boolean {
  const [matches, setMatches] = useState(media.matches);
  useEffect(() => {
    const update = () => setMatches(media.matches);
    media.addEventListener("change", update);
    return () => media.removeEventListener("change", update);
  }, [media]);
  return matches;
}

function Skeleton() {
  return <div class="skeleton" aria-hidden="true">{Array.from({ length: 12 }, () => <div class="tr"><span /><span /><div class="mainc"><i /><i /></div><i /></div>)}</div>;
}
