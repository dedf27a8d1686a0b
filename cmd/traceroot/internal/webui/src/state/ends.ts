// Which traces have ended although the store has them as running: their last spans are on the way.
import type { Event, Row } from "../wire";

interface Live { root: string; start: number; open: Set<string>; ended?: { at: number; failed: boolean } }

const live = new Map<string, Live>(); // by trace; of those whose root was heard to begin
const most = 1000;

/** Takes note of what an event says of beginnings and ends. */
export function noteEnds(event: Event): void {
  if (event.type === "trace.gone") live.delete(event.id);
  else if (event.type === "trace.row" && event.row.status !== "running") live.delete(event.row.id);
  else if (event.type === "span.start") begin(event);
  else if (event.type === "span.end") end(event);
}

function begin(event: Extract<Event, { type: "span.start" }>): void {
  let known = live.get(event.trace);
  if (!known && event.parent) return;
  if (!known) {
    const [oldest] = live.keys();
    if (live.size >= most && oldest !== undefined) live.delete(oldest);
    live.set(event.trace, known = { root: event.span, start: Date.parse(event.at), open: new Set() });
  }
  known.open.add(event.span);
}

function end(event: Extract<Event, { type: "span.end" }>): void {
  const known = live.get(event.trace);
  known?.open.delete(event.span);
  if (known && event.at !== undefined && event.span === known.root) known.ended = { at: Date.parse(event.at), failed: event.failed === true };
}

/** Whether the root of a trace has ended, and all spans that were heard to begin. */
export const hasEnded = (trace: string): boolean => {
  const known = live.get(trace);
  return known?.ended !== undefined && known.open.size === 0;
};

/** The row as it will be, as far as that is known, where its trace has ended. */
export function withEnd(row: Row): Row {
  const known = live.get(row.id);
  if (row.status !== "running" || !known?.ended || known.open.size > 0) return row;
  return { ...row, status: known.ended.failed ? "failed" : "ok", ms: Math.max(known.ended.at - known.start, 0.001) };
}
