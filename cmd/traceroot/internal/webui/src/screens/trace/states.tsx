// What is shown while there is nothing to show: loading, an error, a span that has not arrived.
import { useEffect, useState } from "preact/hooks";
import type { Model } from "./model";
import { missingKey } from "./rows";
import { selectSpan, type View } from "./view";


const quietMs = 150;

/** Empty lines, after a moment: what comes sooner needs none. */
export function Waiting() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), quietMs);
    return () => clearTimeout(timer);
  }, []);
  return late ? <div class="bones" aria-label="Loading"><i /><i /><i /></div> : null;
}

/** A link may name a span that is not there yet, and so may a child name its parent. */
export function NotArrived({ v, m }: { v: View; m: Model }) {
  const key = v.selected.value;
  const id = key.startsWith(missingKey("")) ? key.slice(2) : key;
  const children = m.orphans.get(id) ?? [];
  const open = m.running ? "It appears here as soon as it does." : "The trace has ended: the span was dropped, or its sender never ended it.";
  return (
    <div class="dt">
      <p role="status"><b class="b">Span <span class="mono">{id}</span> has not arrived.</b> {open}</p>
      {children.length > 0 && (
        <p class="t2">
          {children.length === 1 ? "One span names" : `${children.length} spans name`} it as parent;{" "}
          <button class="link" onClick={() => selectSpan(v, children[0])}>the first</button> is below it.
        </p>
      )}
    </div>
  );
}

