// The rows of the list, and how they change. Nothing here moves a row that somebody looks at: what is new waits unless the
// reader follows.
import { batch, computed, effect, signal } from "@preact/signals";
import { ApiError, get } from "../../state/api";
import { listen, resync } from "../../state/events";
import { hasEnded, withEnd } from "../../state/ends";
import { begun } from "../../state/live";
import { painted } from "../../state/painted";
import { href } from "../../state/url";
import { firstRows } from "../../page";
import { say } from "../../ui/toast";
import type { Event, Row, RowPage } from "../../wire";
import { listText } from "./texts";

export interface Question { q: string; from: string; to: string; sort: string }

const firstPage = 50; // as many as a page brings along
const nextPages = 1000;
const headEveryMs = 1000;
const mostPinned = 50;

/** By id: what is known of each trace of the list. */
const rows = new Map<string, Row>();
export const rowOf = (id: string | undefined): Row | undefined => (id === undefined ? undefined : rows.get(id));

/** The list from top to bottom, as it is shown. */
export const ids = signal<readonly string[]>([]);

/** Counts up when the content of a row changed. */
export const changed = signal(0);

/** Traces that came in and are not shown yet. */
export const waiting = signal<readonly string[]>([]);

export const loading = signal(true);
export const failure = signal<ApiError | undefined>(undefined);

/** What keeps new rows from coming in by themselves. */
export const paused = signal(false);
export const atTop = signal(true);
export const selected = signal("");
export const hovered = signal(false);
export const following = computed(() => !paused.value && atTop.value && selected.value === "");

let question: Question | undefined;
let inOrder: string[] = []; // as the server has them
let next: string | null = null;
let asking = new AbortController();
let loadingMore = false;

const byStart = (): boolean => !question?.sort || question.sort === "-start";
const address = (more: Record<string, string>): string => href("/api/ui/traces", { ...question, ...more });

/** Shows the answer to a question. The rows of the last one stay until it is there. */
export function ask(asked: Question): void {
  if (question && sameQuestion(asked, question) && !failure.peek()) return void refresh();
  const came = question === undefined && plain(asked) ? firstRows() : undefined;
  question = asked;
  void load(came);
}

const sameQuestion = (a: Question, b: Question): boolean => a.q === b.q && a.from === b.from && a.to === b.to && a.sort === b.sort;
const plain = (a: Question): boolean => !a.q && !a.from && !a.to && !a.sort;

/** Asks the same question again, from the beginning. */
export async function load(came?: RowPage): Promise<void> {
  asking.abort();
  asking = new AbortController();
  loading.value = true;
  const brought = came !== undefined && came.data.length > 0; // that there is nothing is said only once the server answered
  if (brought) show(came, []);
  await answered(async (stop) => {
    if (brought) {
      await painted;
      return addPins(await pins(stop));
    }
    const [page, pinned] = await Promise.all([get<RowPage>(address({ limit: String(firstPage) }), stop), pins(stop)]);
    show(page, pinned);
    say(listText.announce(ids.value.length, next !== null));
  });
}

function show(page: RowPage, pinned: Row[]): void {
  rows.clear();
  take(pinned);
  take(page.data);
  inOrder = page.data.map((row) => row.id);
  next = page.next;
  batch(() => {
    waiting.value = [];
    loading.value = false;
    changed.value++;
    ids.value = arranged();
  });
}

/** What runs goes to the top of rows that are shown already. */
function addPins(pinned: Row[]): void {
  take(pinned);
  batch(() => {
    changed.value++;
    ids.value = arranged();
  });
}

async function answered(work: (stop: AbortSignal) => Promise<void>): Promise<void> {
  try {
    await work(asking.signal);
    failure.value = undefined;
  } catch (error) {
    if (error instanceof ApiError) batch(() => { failure.value = error; loading.value = false; });
    else if (!(error instanceof DOMException)) throw error; // else another question took over
  }
}

/** What runs stands on top of a list by time, however long ago it started. */
async function pins(stop: AbortSignal): Promise<Row[]> {
  if (!byStart() || /(^|\s)-?status:/.test(question?.q ?? "")) return [];
  const q = `${question?.q ?? ""} status:running`.trim();
  return (await get<RowPage>(address({ q, limit: String(mostPinned) }), stop)).data;
}

function take(page: Row[]): void {
  for (const row of page) if ((rows.get(row.id)?.seq ?? -1) <= row.seq) rows.set(row.id, withEnd(row));
}

function arranged(): string[] {
  if (!byStart()) return [...inOrder];
  const pinned = [...rows.values()].filter((row) => row.status === "running" && !waiting.peek().includes(row.id));
  pinned.sort((a, b) => (a.start < b.start ? 1 : -1));
  const top = new Set(pinned.map((row) => row.id));
  return [...top, ...inOrder.filter((id) => !top.has(id))];
}

/** Loads more before the reader gets to the end. */
export async function more(): Promise<void> {
  if (next === null || loadingMore || loading.peek()) return;
  loadingMore = true;
  const cursor = next;
  await answered(async (stop) => {
    const page = await get<RowPage>(address({ cursor, limit: String(nextPages) }), stop);
    const fresh = page.data.filter((row) => !rows.has(row.id)).map((row) => row.id);
    take(page.data);
    inOrder.push(...fresh);
    next = page.next;
    ids.value = [...ids.peek(), ...fresh];
  });
  loadingMore = false;
}

/** Whether there is more than was loaded. */
export const hasMore = (): boolean => next !== null;

/** Takes the head of the list anew: after a gap in the events, or where only the server knows what matches. */
async function refresh(): Promise<void> {
  await answered(async (stop) => {
    const [page, pinned] = await Promise.all([get<RowPage>(address({ limit: String(firstPage) }), stop), pins(stop)]);
    const fresh = [...page.data, ...pinned].filter((row) => !rows.has(row.id));
    take([...page.data, ...pinned]);
    batch(() => {
      loading.value = false;
      changed.value++;
      for (const row of fresh) arrive(row);
    });
  });
}

function arrive(row: Row): void {
  take([row]);
  if (waiting.peek().includes(row.id)) return;
  waiting.value = [...waiting.peek(), row.id];
}

/** Shows what has come in. */
export function flush(): void {
  if (!byStart()) return void load();
  const fresh = waiting.peek();
  batch(() => {
    waiting.value = [];
    const known = new Set(inOrder);
    inOrder.push(...fresh.filter((id) => !known.has(id)));
    inOrder.sort((a, b) => (startOf(a) < startOf(b) ? 1 : startOf(a) > startOf(b) ? -1 : 0));
    ids.value = arranged();
  });
}

const startOf = (id: string): string => rows.get(id)?.start ?? "";

let headTimer: ReturnType<typeof setTimeout> | undefined;

function refreshSoon(): void {
  headTimer ??= setTimeout(() => {
    headTimer = undefined;
    void refresh();
  }, headEveryMs);
}

function onEvent(event: Event): void {
  if (!question) return;
  if (event.type === "trace.row") onRow(withEnd(event.row));
  if (event.type === "trace.gone" && rows.delete(event.id)) {
    inOrder = inOrder.filter((id) => id !== event.id);
    ids.value = ids.peek().filter((id) => id !== event.id);
  }
  if (event.type === "span.start") onStart(event);
  if (event.type === "span.end") onEnd(event.trace);
  if (event.type === "span.delta") onDelta(event.trace, event.span, event.offset, event.text);
}

function onRow(row: Row): void {
  const known = rows.get(row.id);
  if (!known) {
    if (question && !question.q && !question.to) arrive(row);
    else refreshSoon();
    return;
  }
  if (known.seq > row.seq) return;
  rows.set(row.id, row);
  changed.value++;
  // A run that ended leaves the top when nobody looks at it.
  if (known.status === "running" && row.status !== "running") {
    streams.delete(row.id);
    if (!inOrder.includes(row.id)) inOrder.unshift(row.id);
    if (following.peek() && !hovered.peek()) flush();
  }
}

function onStart(event: Extract<Event, { type: "span.start" }>): void {
  if (!event.parent && !rows.has(event.trace)) onRow(begun(event));
  if (!event.parent || !rows.has(event.trace)) return;
  streams.set(event.trace, { span: event.span, text: event.name });
  changed.value++;
}

/** A run that has ended stops its clock before its last spans are stored. */
function onEnd(trace: string): void {
  const row = rows.get(trace);
  if (row?.status === "running" && hasEnded(trace)) onRow(withEnd(row));
}

/** What a trace does now: the text that streams, or else the name of the span that began last. */
const streams = new Map<string, { span: string; text: string }>();
export const streamOf = (id: string): string | undefined => streams.get(id)?.text;
const keptOfStream = 400;

function onDelta(trace: string, span: string, offset: number, text: string): void {
  if (!rows.has(trace)) return;
  const before = streams.get(trace);
  const whole = before?.span === span && offset > 0 ? before.text + text : text;
  streams.set(trace, { span, text: whole.slice(-keptOfStream) });
  changed.value++;
}

let started = false;

/** Begins to listen, once. */
export function followList(): void {
  if (started) return;
  started = true;
  listen(["traces"], onEvent);
  resync.subscribe((n) => { if (n > 0 && question && failure.peek()?.status !== 400) void refresh(); });
  effect(() => { if (waiting.value.length > 0 && following.value && !hovered.value && byStart()) flush(); });
}
