// What the screen shows of a trace, as signals. Panes read it and change it; the URL follows it.
import { batch, computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { ApiError } from "../../state/api";
import type { Conversation, Span } from "../../wire";
import type { Address, Column } from "./address";
import { ancestors, hasFailed, idOf, isRunning, kindOf, parentOf, type Model } from "./model";
import { groupKey, layRows, Rows } from "./rows";
import { findGaps, makeScale, stepOf, type Scale } from "./scale";
import { talkOf, type Talk } from "./talk";

export interface View {
  id: string;
  model: Signal<Model | null>;
  problem: Signal<ApiError | null>;
  selected: Signal<string>; // id of a span that may not have arrived, or key of a group; empty before the trace is there
  chosen: Signal<boolean>; // by the reader or the address; else what is selected may change as the trace runs
  tab: Signal<string>; // empty: the first of the kind
  all: Signal<boolean>;
  col: Signal<Column>;
  zoom: Signal<[number, number] | null>;
  turned: Signal<ReadonlySet<string>>;
  find: Signal<string>;
  found: Signal<ReadonlySet<string>>; // spans whose payload the server found the text in
  follow: Signal<boolean>;
  now: Signal<number>; // ms since the start of the trace; only moves while it runs
  moved: Signal<number>; // counts selections, so that panes scroll to one and not after a reader who scrolled away
  span: Signal<Span | undefined>; // the selected one with its payload
  conversation: Signal<Conversation | null>;
  talk: ReadonlySignal<Talk | null>;
  retry: Signal<number>; // counts how often the reader asked to load again
  gone: Signal<boolean>; // the trace was deleted
  pointed: Signal<string>; // hash of the message that an argument came from
  pane: Signal<0 | 1 | 2>; // where there is room for one only
  index: ReadonlySignal<number>; // of the selected span, -1
  rows: ReadonlySignal<Rows | undefined>;
  at: ReadonlySignal<number>; // row of the selection, -1
  whole: ReadonlySignal<Scale>;
  scale: ReadonlySignal<Scale>;
}

export function makeView(id: string, from: Address): View {
  const model = signal<Model | null>(null);
  const selected = signal(from.span);
  const turned = signal<ReadonlySet<string>>(new Set(from.fold));
  const zoom = signal(from.zoom);
  const conversation = signal<Conversation | null>(null);
  const now = signal(0);
  const index = computed(() => model.value?.byId.get(selected.value) ?? -1);
  const rows = computed(() => (model.value ? layRows(model.value, turned.value, index.value) : undefined));
  const gaps = computed(() => (model.value ? findGaps(model.value) : []));
  const length = computed(() => roomFor(model.value, model.value?.running ? now.value : 0));
  const whole = computed(() => makeScale(gaps.value, 0, length.value, length.value));
  return {
    id, model, selected, turned, zoom, now, index, rows, whole,
    problem: signal(null), chosen: signal(from.span !== ""), tab: signal(from.tab), all: signal(from.all), col: signal(from.col),
    span: signal(undefined), conversation, talk: talkOf(model, conversation), pointed: signal(""), retry: signal(0), gone: signal(false),
    find: signal(from.find), found: signal(new Set()), follow: signal(false), moved: signal(0), pane: signal(1),
    at: computed(() => rows.value?.placeOf(selected.value) ?? -1),
    scale: computed(() => (zoom.value ? makeScale(gaps.value, zoom.value[0], zoom.value[1], length.value) : whole.value)),
  };
}

// roomFor is the length of the axis. While a trace runs it grows by steps, so that bars do not creep all the time.
function roomFor(m: Model | null, now: number): number {
  if (!m) return 1;
  const length = Math.max(m.length, now);
  if (!m.running) return Math.max(length, 0.001);
  const step = stepOf(Math.max(length, 1000)) / 5;
  return Math.ceil((length * 1.02) / step) * step + step / 2;
}

// select moves all panes to a span or group. What folds it away is opened.
export function select(v: View, key: string, keepTab = false) {
  const m = v.model.value;
  if (!m || !key) return;
  const span = m.byId.get(key);
  if (span !== undefined) unfold(v, m, span);
  if (!keepTab) v.tab.value = "";
  batch(() => {
    v.follow.value = false;
    v.chosen.value = true;
    v.pointed.value = "";
    v.selected.value = key;
    v.moved.value++;
  });
}

/** Selects what runs now. The live end is followed only where the reader asked for it, or asked for nothing else. */
export function follow(v: View, m: Model) {
  const at = latestRunning(m);
  if (at === undefined || idOf(m, at) === v.selected.peek()) return;
  v.tab.value = "";
  v.selected.value = idOf(m, at);
  v.moved.value++;
}

export const selectSpan = (v: View, span: number | undefined, keepTab = false) => {
  const m = v.model.value;
  if (m && span !== undefined && span >= 0) select(v, idOf(m, span), keepTab);
};

// unfold opens the spans above one that the reader had folded. Groups stay folded: they show what is selected.
function unfold(v: View, m: Model, span: number) {
  const above = ancestors(m, span);
  const folded = above.filter((i) => v.turned.value.has(idOf(m, i)) && above.every((a) => (m.groupOf[a] ?? -1) < 0));
  if (folded.length === 0) return;
  const turned = new Set(v.turned.value);
  for (const i of folded) turned.delete(idOf(m, i));
  v.turned.value = turned;
}

export function turn(v: View, key: string) {
  const turned = new Set(v.turned.value);
  if (!turned.delete(key)) turned.add(key);
  v.turned.value = turned;
}

export function foldAll(v: View, m: Model) {
  const turned = new Set<string>();
  for (let i = 0; i < m.count; i++) if (m.kids[i] && parentOf(m, i) >= 0) turned.add(idOf(m, i));
  v.turned.value = turned;
}

export function unfoldAll(v: View, m: Model) {
  v.turned.value = new Set(m.trace.groups.map((g) => groupKey(g.id)));
}

// firstLook is what a reader sees who asked for no span: the decision that led to the failure, what runs now, or the
// whole.
export function firstLook(m: Model): string {
  if (m.running) return idOf(m, latestRunning(m) ?? m.trace.calls.at(-1) ?? 0);
  if (m.trace.row.status === "failed") {
    const asked = m.trace.links.filter(([, tool]) => hasFailed(m, tool));
    const decision = asked.at(-1)?.[0];
    if (decision !== undefined) return idOf(m, decision);
    if (m.trace.verdict?.cause) return m.trace.verdict.cause;
  }
  return idOf(m, 0);
}

// latestRunning prefers model calls and tools to what waits for them.
export function latestRunning(m: Model): number | undefined {
  let best: number | undefined;
  for (let i = 0; i < m.count; i++) {
    if (!isRunning(m, i)) continue;
    const works = kindOf(m, i) === "llm" || kindOf(m, i) === "tool";
    if (best === undefined || works || !(kindOf(m, best) === "llm" || kindOf(m, best) === "tool")) best = i;
  }
  return best;
}
