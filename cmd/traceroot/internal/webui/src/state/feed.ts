// One stream of events from the server, for all pages of the browser together. It runs in a shared worker, or in the page
// where there are none.

export interface Message { kind: "event"; data: string }
export interface Condition { kind: "open" | "lost" | "gap" } // gap: something may have been missed
export type FromFeed = Message | Condition;
export type ToFeed = { kind: "topics"; topics: string[] } | { kind: "bye" };

const firstRetryMs = 500;
const slowestRetryMs = 3000;

/** Keeps a stream open for the topics that anybody wants, and picks up after the last event it saw. */
export class Feed {
  private readonly wanted = new Map<unknown, string[]>();
  private source: EventSource | undefined;
  private topics = "";
  private last = "";
  private open = false;
  private retryMs = firstRetryMs;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (message: FromFeed) => void) {}

  want(who: unknown, topics: string[]): void {
    this.wanted.set(who, topics);
    this.refresh();
  }

  leave(who: unknown): void {
    this.wanted.delete(who);
    this.refresh();
  }

  /** What somebody who comes later has to know. */
  condition(): Condition { return { kind: this.open ? "open" : "lost" }; }

  private refresh(): void {
    const topics = [...new Set([...this.wanted.values()].flat())].sort().join(",");
    if (topics === this.topics) return;
    this.topics = topics;
    this.connect();
  }

  private connect(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = undefined;
    if (!this.topics) return;
    const query = new URLSearchParams({ topics: this.topics });
    if (this.last) query.set("since", this.last);
    const source = new EventSource(`/api/ui/events?${query}`);
    this.source = source;
    source.onopen = () => {
      this.retryMs = firstRetryMs;
      this.open = true;
      this.tell({ kind: "open" });
    };
    source.onmessage = (e: MessageEvent<string>) => this.take(e);
    source.onerror = () => this.lost(source);
  }

  private take(e: MessageEvent<string>): void {
    // A hello with another id than the last one seen: the server cannot tell what happened in between.
    if (this.last && e.lastEventId !== this.last && e.data.startsWith('{"type":"hello"')) this.tell({ kind: "gap" });
    if (e.lastEventId) this.last = e.lastEventId;
    this.tell({ kind: "event", data: e.data });
  }

  // The browser's own retry gives up on some errors, and says nothing about when: this one does neither.
  private lost(source: EventSource): void {
    source.close();
    if (source !== this.source) return;
    if (this.open) {
      this.open = false;
      this.tell({ kind: "lost" });
    }
    this.retry = setTimeout(() => this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, slowestRetryMs);
  }
}
