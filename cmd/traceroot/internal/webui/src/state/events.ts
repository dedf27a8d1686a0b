// What happens on the server, as it happens. Screens say which topics they want; all of them share one connection.
import { batch, effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../ui/toast";
import { painted } from "./painted";
import { asked, signedOut } from "./session";
import { text } from "../text";
import type { Event } from "../wire";
import { Feed, type FromFeed, type ToFeed } from "./feed";

/** connecting until the server has answered once. */
export const connection = signal<"connecting" | "open" | "lost">("connecting");

/** When the connection was lost, as Date.now() has it. */
export const lostAt = signal(0);

/** Counts up when something may have been missed: what is on the screen has to be asked for anew. */
export const resync = signal(0);

type Listener = (event: Event) => void;
const listeners = new Map<Listener, string[]>();
let send: ((message: ToFeed) => void) | undefined;

/** Hears events of these topics ("traces", "trace:ID") while the component is there. Events come in the order of the server. */
export function useEvents(topics: string[], listener: Listener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => listen(topics, (event) => latest.current(event)), [topics.join(",")]);
}

/** Hears events until the returned function is called. */
export function listen(topics: string[], listener: Listener): () => void {
  listeners.set(listener, topics);
  announce();
  return () => {
    listeners.delete(listener);
    announce();
  };
}

let connecting = false;
void painted.then(() => {
  connecting = true;
  if (listeners.size > 0) announce();
});

function announce(): void {
  if (!connecting) return;
  send ??= connect();
  // Without a key there is nothing to hear, and each try would be refused.
  const topics = signedOut.peek() || !asked.peek() ? [] : [...new Set([...listeners.values()].flat())];
  send({ kind: "topics", topics });
}

effect(() => {
  void [signedOut.value, asked.value];
  if (send) announce();
});

let workerURL = "";

/** Where the shared worker's script is. */
export function feedFrom(url: string): void { workerURL = url; }

function connect(): (message: ToFeed) => void {
  const port = sharedPort();
  if (!port) {
    const feed = new Feed(receive);
    return (message) => { if (message.kind === "topics") feed.want(listeners, message.topics); };
  }
  port.onmessage = ({ data }: MessageEvent<FromFeed>) => receive(data);
  addEventListener("pagehide", () => port.postMessage({ kind: "bye" } satisfies ToFeed));
  addEventListener("pageshow", (e) => { if (e.persisted) announce(); });
  return (message) => port.postMessage(message);
}

interface TrustedTypes { createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string } }

function sharedPort(): MessagePort | undefined {
  if (!workerURL || typeof SharedWorker === "undefined") return undefined;
  const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("feed", { createScriptURL: (url) => url });
  try {
    return new SharedWorker(policy?.createScriptURL(workerURL) ?? workerURL, { name: "traceroot events" }).port;
  } catch {
    return undefined; // switched off
  }
}

let opened = false;

function receive(message: FromFeed): void {
  if (message.kind === "event") {
    const event = JSON.parse(message.data) as Event;
    if (event.type === "ui.reload") location.reload();
    batch(() => { for (const listener of [...listeners.keys()]) listener(event); });
  } else if (message.kind === "open") {
    if (connection.peek() === "lost") say(text.live.back);
    // What happened between the first questions and the first connection is in nobody's answer.
    if (!opened) resync.value++;
    opened = true;
    connection.value = "open";
  } else if (message.kind === "gap") {
    resync.value++;
  } else if (opened && connection.peek() !== "lost") {
    lostAt.value = Date.now();
    connection.value = "lost";
    say(text.live.lost);
  }
}
