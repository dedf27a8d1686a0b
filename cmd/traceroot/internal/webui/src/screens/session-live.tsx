// What a session hears while its last turn runs: new rows lead to a question, streamed text goes straight to the page.
import { signal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useEvents } from "../state/events";
import type { Event, Session } from "../wire";
import { useResync } from "./session-states";

const askAgainMs = 400;

/** Text streamed so far, by trace. Asks for the session anew, at most every 400 ms, when one of its traces changes. */
export function useLiveSession(id: string, session: Session | undefined, reload: () => void): Signal<ReadonlyMap<string, string>> {
  const streamed = useRef(signal<ReadonlyMap<string, string>>(new Map())).current;
  const later = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const askSoon = () => { later.current ??= setTimeout(() => { later.current = undefined; reload(); }, askAgainMs); };
  const running = session?.turns.filter((turn) => turn.status === "running").map((turn) => turn.id) ?? [];
  const speaker = useRef(new Map<string, string>()).current;

  useEvents(["traces", ...running.map((trace) => `trace:${trace}`)], (event: Event) => {
    if (event.type === "trace.row" && event.row.session === id) askSoon();
    else if (event.type === "trace.gone" && session?.turns.some((turn) => turn.id === event.id)) askSoon();
    else if (event.type === "trace.changed" && running.includes(event.id)) askSoon();
    else if (event.type === "span.delta" && running.includes(event.trace)) {
      // A new model call speaks: what the one before said is a step by now.
      const before = speaker.get(event.trace) === event.span ? streamed.peek().get(event.trace) ?? "" : "";
      speaker.set(event.trace, event.span);
      streamed.value = new Map(streamed.peek()).set(event.trace, before.slice(0, event.offset) + event.text);
    }
  });
  useResync(reload);
  useEffect(() => () => clearTimeout(later.current), []);
  return streamed;
}
