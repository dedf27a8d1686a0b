// The JSON of /api/ui. Times are RFC 3339 in UTC, durations milliseconds, money US dollars. What is not there is left out.

export type Kind = "agent" | "llm" | "tool" | "span";
export type Status = "running" | "failed" | "recovered" | "ok";

export interface Row {
  id: string;
  name: string;
  start: string;
  ms: number | null; // null while it runs
  status: Status;
  spans: number;
  errors?: number;
  failed?: number;
  recovered?: number;
  in: number;
  out: number;
  cached?: number;
  estimated?: boolean;
  cost: number;
  partial?: boolean; // some tokens have no price: the cost is a lower bound
  ttft?: number;
  agent?: string;
  user?: string;
  session?: string;
  env?: string;
  tags?: string[];
  asked?: string; // the first user text
  outcome?: string; // the answer, or the root error of a failed trace
  shape?: string; // "L0-285 T285-391e": kind, start and end in thousandths, then e failed, r recovered, o open
  seq: number;
}
export interface RowPage { data: Row[]; next: string | null; total?: number }

// GET /api/ui/facets?q&from&to: counts of each value within the query, a facet's own terms left out.
export interface Facets { [field: string]: { value: string; count: number }[] } // status agent model tool env tag user session service version
// GET /api/ui/histogram?q&from&to&buckets
export interface Histogram {
  from: string; to: string; bucketMs: number;
  ok: number[]; failed: number[]; recovered: number[]; running: number[];
  traces: number; failedTotal: number; cost: number; partial?: boolean; p50: number | null; p95: number | null;
}
// GET /api/ui/suggest?q&at: completions of the term that holds position at (UTF-16).
export interface Suggestion { text: string; count?: number; from: number; to: number; note?: string }
export interface Suggestions { data: Suggestion[] }

// GET /api/ui/traces/{id}
export interface Trace {
  row: Row;
  input?: string; output?: string; metadata?: Record<string, string>; gitRepo?: string; gitRef?: string;
  // Columns: index i in each array is span i, ordered by start; parents come first where they are there.
  spans: {
    id: string[]; parent: number[]; // index of the parent; -1 for none, -2 for one that has not arrived
    parentId: string[]; // of those whose parent has not arrived, else ""
    name: number[]; names: string[]; // index into names
    kind: string; // one letter a span: A L T S
    status: string; // one letter a span: "." ok, "!" failed (root cause), "^" failed through a child, "?" recovered, "+" running
    start: number[]; // ms since the trace's start
    ms: number[]; // -1 while it runs
    ttft: number[]; // 0 where unknown
    in: number[]; out: number[]; cached: number[]; cost: number[]; // cost -1: tokens without a price
    note: string[]; // short, such as "503" or "4 tries"; mostly ""
  };
  calls: number[]; // indices of model calls in order: #1 is calls[0]
  links: [number, number][]; // model call → tool span that it asked for
  groups: { id: string; parent: number; name: string; kind: Kind; members: number[]; p50: number; p95: number; max: number; recovered: number; failed: number }[];
  verdict?: Verdict;
  previous?: string; // an earlier successful trace of the same agent, to compare with
  turn?: { session: string; index: number; of: number };
  seq: number;
}
export interface Verdict {
  rule: string;
  status: "failed" | "running" | "warning";
  parts: { text: string; span?: string; code?: boolean; odd?: number[] }[]; // odd: positions of differing characters
  cause?: string; // span ids for the buttons
  slowest?: string;
  costliest?: string;
}

// GET /api/ui/spans/{span}?trace=
export interface Span {
  id: string; trace: string; parent?: string; name: string; kind: Kind; status: "OK" | "ERROR"; message?: string;
  start: string; ms: number | null; ttft?: number;
  errors?: ErrorLink[];
  model?: string; responseModel?: string; provider?: string; operation?: string; responseId?: string; requestId?: string;
  finishReasons?: string[]; httpStatus?: number; resend?: number; streaming?: boolean; incomplete?: boolean; toolCallId?: string;
  parameters?: unknown; tools?: { name: string; description?: string; parameters?: unknown }[];
  usage?: { in: number; out: number; cacheRead: number; cacheWrite: number; cacheWrite1h: number; reasoning: number; estimated?: boolean };
  cost?: { total: number; input: number; cacheRead: number; cacheWrite: number; output: number; price: { model: string; source: string; date: string; input?: string; output?: string; cacheRead?: string; cacheWrite?: string; cacheWrite1h?: string } };
  window?: number; // tokens that the model takes, where known
  source?: { file: string; line: number; func?: string };
  input?: Text; output?: Text; metadata?: string; tags?: string[];
  truncated?: Record<string, number>; // bytes before the cut, by field
  in: string[]; out: string[]; // message hashes
  fresh?: { since?: string; from: number; rewritten?: boolean }; // since: span id of the call before; messages from index `from` are new
  asked: AskedCall[]; // of a model call: the tools that it asked for, in order
  answers?: { call: string; readBy?: string }; // of a tool span: the model call that asked, and the one that read the result
  attributes: Record<string, unknown>; resource: Record<string, unknown>; scope?: string;
  events?: { name: string; time?: string; attributes?: Record<string, unknown> }[];
  links?: { trace_id: string; span_id: string; attributes?: Record<string, unknown> }[];
  service?: string; version?: string; env?: string;
  summary?: { ms: number; waiting: number; generating: number; tools: number; own: number; cost: number; by: { name: string; kind: Kind; count: number; ms: number; cost: number; span: string }[] }; // of an agent
}
export interface Text { text: string; bytes: number; blob?: string } // the first 64 KiB; blob is set when there is more
export interface ErrorLink { type: string; message: string; causes?: ErrorLink[][]; at?: string }
export interface AskedCall {
  id: string; name: string; span?: string; byOrder?: boolean; // matched by order, for want of an id
  args: string; argsHash: string; repeats?: string; // span id of an equal earlier call
  failed?: boolean; result?: string; // hash of the message with the result
  seen: { path: string; value: string; hash: string; at: number }[]; // found in what the model was shown
  unseen: { path: string; value: string; closest?: string; odd?: number[]; at?: string }[];
}

// GET /api/ui/messages?h=…&h=…: immutable
export interface Message { hash: string; role: string; name?: string; toolCallId?: string; content: string | Part[]; tool_calls?: { id: string; name: string; arguments: unknown }[]; tokens?: number; bytes: number }
export interface Part { type: string; text?: string; mime?: string; blob?: string; bytes?: number; width?: number; height?: number; url?: string; [other: string]: unknown }
export interface Messages { data: Message[] }

// GET /api/ui/traces/{id}/conversation
export interface Conversation { turns: { hash: string; by?: string; call?: number; at: number; cost?: number }[]; subs: { agent: string; span: string; at: number; conversation: Conversation }[] }

// GET /api/ui/sessions, /api/ui/sessions/{id}
export interface SessionRow { id: string; traces: number; users: string[]; first: string; last: string; ms: number | null; in: number; out: number; cost: number | null; failed: number; running?: boolean; asked?: string; outcome?: string }
export interface SessionPage { data: SessionRow[]; next: string | null }
export interface Session { row: SessionRow; turns: (Row & { context?: number })[] } // context: largest input of a call

// GET /api/ui/metrics?by&from&to&q
export interface Metrics {
  from: string; to: string; stepMs: number; by: string;
  series: { value: string; count: number[]; failed: number[]; in: number[]; out: number[]; cached: number[]; cost: number[] }[];
  table: { value: string; count: number; failed: number; in: number; out: number; cached: number; cost: number; partial?: boolean; p50?: number; p95?: number; ttft50?: number; ttft95?: number; before?: { count: number; cost: number; failed: number; p95?: number } }[];
}

// GET /api/ui/compare?a&b
export interface Compare {
  a: Row; b: Row;
  steps: { a?: Step; b?: Step; same: boolean }[];
  first: number; // index of the first differing step; -1 when there is none
  summary: string;
  input: Diff; output: Diff;
}
export interface Step { span: string; kind: Kind; name: string; at: number; ms: number; status: string; text?: string }
export interface Diff { lines: { op: "=" | "-" | "+"; text: string }[]; cut?: boolean }

// GET /api/ui/status
export interface ServerStatus {
  server: "traceroot"; version: string; keys: boolean; project?: string; http?: string; grpc?: string; started?: string;
  accepted?: { requests: number; spans: number; rejected: number; last: string | null };
  refused?: { at: string; status: number; reason: string; path: string; agent: string; count: number }[];
}

// GET /api/ui/events?topics=traces,trace:{id} (server-sent events)
export type Event =
  | { type: "hello"; seq: number }
  | { type: "trace.row"; row: Row }
  | { type: "trace.gone"; id: string }
  | { type: "trace.changed"; id: string; seq: number }
  | { type: "span.start"; trace: string; span: string; parent?: string; name: string; kind: Kind; at: string }
  | { type: "span.delta"; trace: string; span: string; offset: number; text: string }
  | { type: "span.end"; trace: string; span: string }
  | { type: "ingest.refused"; status: number; reason: string; path: string; agent: string }
  | { type: "ui.reload" };
