// Text that streams in: what has come so far, by span. A delta changes one text node and nothing else.
import { signal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { visible } from "../../ui/text";

const streams = new Map<string, Signal<string>>();

function streamOf(span: string): Signal<string> {
  let stream = streams.get(span);
  if (!stream) streams.set(span, stream = signal(""));
  return stream;
}

const skipped = new Map<string, number>(); // by span, the text before what was heard

const missed = "[the beginning was missed] … ";

/** Puts a delta in its place, and reports whether text before it was missed, of which the reader is told. */
export function addDelta(span: string, offset: number, text: string): boolean {
  const stream = streamOf(span);
  const from = skipped.get(span) ?? 0;
  const so = stream.peek();
  const gap = offset > from + so.length;
  if (offset < from || gap) {
    skipped.set(span, offset);
    stream.value = text;
  } else {
    stream.value = so.slice(0, offset - from) + text;
  }
  return gap;
}

export function endStream(span: string): void {
  streams.delete(span);
  skipped.delete(span);
}

/** The text as it streams. Text that was there stays the same node, so a selection in it survives. */
export function Streaming({ span }: { span: string }) {
  const box = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const node = document.createTextNode("");
    box.current?.append(node);
    const stop = streamOf(span).subscribe((text) => {
      const now = (skipped.get(span) ? missed : "") + visible(text);
      if (now.startsWith(node.data)) node.appendData(now.slice(node.data.length));
      else node.data = now;
    });
    return () => {
      stop();
      node.remove();
    };
  }, [span]);
  return <span ref={box} />;
}
