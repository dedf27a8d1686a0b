// The traces that run now: for the top bar, and for the top of the list.
import { effect, signal } from "@preact/signals";
import { ApiError, get } from "./api";
import { listen, resync } from "./events";
import { hasEnded, noteEnds, withEnd } from "./ends";
import { painted } from "./painted";
import { asked, signedOut } from "./session";
import type { Event, Row, RowPage } from "../wire";

/** By id. A new Map with every change. */
export const running = signal<ReadonlyMap<string, Row>>(new Map());

const mostRunning = 100;

/** Begins to follow what runs, once. */
export function followRunning(): void {
  effect(() => {
    void resync.value; // again whenever something may have been missed
    if (asked.value && !signedOut.value) void painted.then(load);
  });
  listen(["traces"], (event) => {
    noteEnds(event);
    if (event.type === "trace.row") put(withEnd(event.row));
    if (event.type === "trace.gone") drop(event.id);
    if (event.type === "span.start" && !event.parent && !running.peek().has(event.trace)) put(begun(event));
    if (event.type === "span.end" && hasEnded(event.trace)) drop(event.trace);
  });
}

/** What is known of a trace whose first span has just begun: its row comes once something of it is stored. */
export function begun({ trace, name, at }: Extract<Event, { type: "span.start" }>): Row {
  return { id: trace, name, start: at, ms: null, status: "running", spans: 1, in: 0, out: 0, cost: 0, seq: 0 };
}

async function load(): Promise<void> {
  try {
    const page = await get<RowPage>(`/api/ui/traces?q=status:running&limit=${mostRunning}`);
    running.value = new Map(page.data.map((row) => [row.id, withEnd(row)] as const).filter(([, row]) => row.status === "running"));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error; // the top bar says already that the server is away
  }
}

function put(row: Row): void {
  const known = running.peek().has(row.id);
  if (row.status !== "running" && !known) return;
  if (row.status !== "running") return drop(row.id);
  running.value = new Map(running.peek()).set(row.id, row);
}

function drop(id: string): void {
  if (!running.peek().has(id)) return;
  const rest = new Map(running.peek());
  rest.delete(id);
  running.value = rest;
}
