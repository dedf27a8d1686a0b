// Every sentence of the page that is not a screen's own heading stands here, so that it can be translated.
import type { Kind, Status } from "./wire";

export const text = {
  product: "TraceRoot",
  home: "TraceRoot, home",
  screens: "Screens",
  skip: "Skip to content",
  close: "Close",
  retry: "Retry",
  copied: (what: string) => `Copied ${what}`,
  notCopied: "The browser did not let the page copy",
  moreLines: (n: string) => `${n} more lines`,
  kind: { agent: "Agent", llm: "Model call", tool: "Tool call", span: "Span" } satisfies Record<Kind, string>,
  status: { failed: "Failed", recovered: "Recovered", running: "Running", ok: "OK" } satisfies Record<Status, string>,
  shape: (calls: number, tools: number, failed: boolean) =>
    `${calls} model calls, ${tools} tool calls${failed ? ", with an error" : ""}`,

  noAnswer: "The server does not answer.",
  refused: (status: number) => `The server answered with status ${status}.`,
  notFound: "There is nothing at this address.",
  toTraces: "To the traces",

  nav: { traces: "Traces", sessions: "Sessions", dashboard: "Dashboard", compare: "Compare", connect: "Connect" },
  jump: { open: "Jump to anything", hint: "Jump to id, tool, text", placeholder: "Trace id, tool, user, text", traces: "Traces", filters: "Filter the list by", screens: "Screens", nothing: "Nothing found", search: (q: string) => `Search for ${q}` },
  live: {
    live: "Live", running: (n: number) => `Live, ${n} running`, listening: "Listening", connecting: "Connecting",
    off: (age: string) => `disconnected ${age}, retrying`, lost: "Connection to the server lost", back: "Connected again",
  },
  theme: "Switch theme",
  keys: "Keyboard",
  showKeys: "Keyboard shortcuts",
  letterKeys: "Single-letter keys",
  environment: "Environment",
  allEnvironments: "All environments",
  signOut: "Sign out",
  signIn: { title: "Sign in", why: "This server asks for a key. One that may read is enough:", key: "API key", enter: "Sign in" },
};

/** The keys of every screen, as the list of keys shows them. */
export const help: [string, [keys: string, what: string][]][] = [
  ["Everywhere", [
    ["Ctrl K", "jump to a trace, span, tool, user or text"], ["/", "search or filter on this screen"], ["g t", "traces"], ["g s", "sessions"],
    ["g d", "dashboard"], ["g c", "compare"], ["t", "switch theme"], ["y", "copy the link to this page"], ["?", "this list"], ["Esc", "close, clear, or go up one level"],
  ]],
  ["List", [
    ["j k", "next, previous row"], ["Enter", "open"], ["Space", "peek without leaving the list"], ["x", "mark for compare"], ["F", "follow live"], ["f", "show or hide filters"], ["T", "the chart as a table"],
  ]],
  ["Trace", [
    ["j k", "next, previous row"], ["h l", "fold, unfold; H L all"], ["n N", "next, previous model call"], ["e E", "next, previous error"], ["s", "slowest span"], ["$", "costliest span"],
    ["p", "call to result and back"], ["m", "only new messages / all as sent"], ["1 – 6", "tabs"], ["o", "open source line in editor"], ["F", "follow the live end"],
    ["z Z", "zoom to the selected span, to all"], ["v", "column: time, tokens, cost"], ["c", "copy menu"], ["[ ]", "previous, next trace of the list"],
  ]],
  ["Session", [
    ["j k", "next, previous turn"], ["h l", "fold, unfold its steps"], ["Enter", "open its trace"], ["c", "copy menu"], ["T", "the chart as a table"], ["[ ]", "previous, next session"],
  ]],
  ["Dashboard", [["T", "charts as tables"]]],
  ["Compare", [["j k", "next, previous step"], ["n N", "next, previous difference"], ["Enter", "open the step in its trace"]]],
];
