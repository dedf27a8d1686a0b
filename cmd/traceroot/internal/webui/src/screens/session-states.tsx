// What stands where an answer of the server would: nothing yet, nothing at all, or why there is none.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "../state/api";
import { resync } from "../state/events";
import { text } from "../text";

/** The sentence, the request and Retry. The last data stays beside it. */
export function Problem({ error, retry, children }: { error: ApiError; retry: () => void; children?: ComponentChildren }) {
  return (
    <div class="note" role="alert">
      <span class="grow"><b class="b">{error.message}</b> <code class="t3">{error.request}</code></span>
      {children}<button class="btn" onClick={retry}>{text.retry}</button>
    </div>
  );
}

export function Blank({ title, children }: { title: string; children?: ComponentChildren }) {
  return <div class="blank"><h2>{title}</h2>{children}</div>;
}

/** Asks anew when something may have been missed; what was there before the component was does not count. */
export function useResync(reload: () => void): void {
  const seen = useRef(resync.peek());
  useEffect(() => {
    if (resync.value === seen.current) return;
    seen.current = resync.value;
    reload();
  }, [resync.value]);
}

/** True once waiting has lasted long enough to be worth showing. */
export function useSlow(waiting: boolean, ms = 150): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return setSlow(false);
    const timer = setTimeout(() => setSlow(true), ms);
    return () => clearTimeout(timer);
  }, [waiting]);
  return slow;
}
