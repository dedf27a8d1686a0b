// The trace of the screen: loaded once, and again when the server says that it changed.
import { batch } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { ApiError, get } from "../../state/api";
import { tenth } from "../../state/clock";
import { listen, resync } from "../../state/events";
import { paintedAfter } from "../../state/painted";
import { say } from "../../ui/toast";
import type { Conversation, Event, Trace } from "../../wire";
import { buildModel, idOf } from "./model";
import { emptyTrace, overlay, type Ended, type Started } from "./overlay";
import { addDelta, endStream } from "./streaming";
import { firstLook, follow, type View } from "./view";

const againMs = 120;

/** Keeps the view of a trace up to date while the screen is there. */
export function useTrace(v: View): void {
  // Before anything is painted: the answer may be here already.
  useLayoutEffect(() => {
    const source = new Source(v);
    const stops = [
      resync.subscribe((n) => { if (n > 0) source.soon(); }),
      v.retry.subscribe((n) => { if (n > 0) void source.load(); }),
      tenth.subscribe((now) => source.tick(now)),
    ];
    source.listen();
    paintedAfter(source.load());
    return () => {
      source.stop();
      for (const stop of stops) stop();
    };
  }, [v]);
}

class Source {
  private stored: Trace | undefined;
  private readonly started = new Map<string, Started>();
  private readonly ended = new Map<string, Ended>(); // and are not stored so yet
  private readonly spoke = new Map<string, number>(); // when the first text of a span came
  private readonly asked = new Set<string>(); // spans of which missed text was asked for
  private unlisten: (() => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private loading = false;
  private again = false;
  private took = 0;
  private gone = false;

  constructor(private readonly v: View) {}

  stop() {
    this.gone = true;
    this.unlisten?.();
    clearTimeout(this.timer);
  }

  // listen hears the trace. Who begins to listen is told again what running spans have said so far.
  listen() {
    this.unlisten?.();
    this.unlisten = listen([`trace:${this.v.id}`], (event) => this.hear(event));
  }

  hear(event: Event) {
    if ("trace" in event && event.trace !== this.v.id) return;
    switch (event.type) {
      case "trace.changed":
        if (event.id === this.v.id) this.soon();
        return;
      case "trace.gone":
        if (event.id === this.v.id) this.v.gone.value = true;
        return;
      case "span.start":
        this.started.set(event.span, event);
        this.show();
        return;
      case "span.delta":
        // Once only: of very long texts the server keeps no more than the end.
        if (addDelta(event.span, event.offset, event.text) && !this.asked.has(event.span)) {
          this.asked.add(event.span);
          this.listen();
        }
        if (!this.spoke.has(event.span)) {
          this.spoke.set(event.span, Date.now());
          this.show();
        }
        return;
      case "span.end":
        if (event.at === undefined) return this.soon();
        this.ended.set(event.span, event);
        this.show();
    }
  }

  // soon waits a moment for more, longer for traces that take longer to load.
  soon() {
    this.again = this.loading;
    if (!this.loading) this.timer ??= setTimeout(() => void this.load(), Math.max(againMs, 5 * this.took));
  }

  async load() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.loading = true;
    const began = performance.now();
    const path = `/api/ui/traces/${encodeURIComponent(this.v.id)}`;
    try {
      const [trace, conversation] = await Promise.all([get<Trace>(path), get<Conversation>(`${path}/conversation`)]);
      if (this.gone) return;
      // A trace that is over and has not changed since is shown as it is: what was asked again in case need not be drawn again.
      const same = this.stored?.seq === trace.seq && trace.row.status !== "running" && !this.heard;
      this.stored = trace;
      this.forget(trace);
      batch(() => {
        this.v.problem.value = null;
        if (same) return;
        this.v.conversation.value = conversation;
        this.show();
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!this.gone && this.started.size === 0) this.v.problem.value = error;
    } finally {
      this.took = performance.now() - began;
      this.loading = false;
      if (this.again && !this.gone) this.soon();
      this.again = false;
    }
  }

  // heard reports whether events told of what may not be stored.
  private get heard(): boolean { return this.started.size + this.ended.size + this.spoke.size + this.asked.size > 0; }

  // forget drops what events told of spans that have ended. One that runs is stored too, without what it says.
  private forget({ spans }: Trace) {
    if (!this.heard) return;
    spans.id.forEach((id, i) => {
      if ((spans.ms[i] ?? 0) < 0) return;
      this.started.delete(id);
      this.ended.delete(id);
      this.spoke.delete(id);
      this.asked.delete(id);
      endStream(id);
    });
  }

  private show() {
    const { v } = this;
    const first = this.started.values().next().value;
    const base = this.stored ?? (first && emptyTrace(v.id, first));
    if (!base) return;
    const m = buildModel(overlay(base, this.started, this.spoke, this.ended), new Set(this.started.keys()));
    batch(() => {
      const before = v.model.peek();
      v.problem.value = null;
      v.model.value = m;
      if (m.running) this.tick(Date.now());
      if (!before) {
        v.moved.value++;
        v.follow.value = m.running && !v.selected.peek();
        v.selected.value ||= firstLook(m);
      }
      if (before?.running && !m.running) {
        v.follow.value = false;
        say(`${m.trace.row.name} ended: ${m.trace.row.status}`);
      }
      if (v.follow.peek()) follow(v, m);
      if (!v.selected.peek() && m.count > 0) v.selected.value = idOf(m, 0);
    });
  }

  tick(now: number) {
    const m = this.v.model.peek();
    if (m?.running) this.v.now.value = Math.max(now - Date.parse(m.trace.row.start), 0);
  }
}
