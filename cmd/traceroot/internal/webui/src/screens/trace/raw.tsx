// The Raw tab: the span as the server has it, to the byte.
import { useState } from "preact/hooks";
import { bytes, int } from "../../ui/format";
import { Text } from "../../ui/text";
import { copy } from "../../ui/toast";
import type { Shown } from "./tabs";

const firstLines = 500;

export function Raw({ span }: Shown) {
  const [shown, setShown] = useState(firstLines);
  const text = JSON.stringify(span, null, 2);
  const lines = text.split("\n");
  return (
    <section>
      <h3>
        JSON <span class="t3">{int(lines.length)} lines, {bytes(new TextEncoder().encode(text).length)}</span>
        <span class="grow" />
        <button class="btn" onClick={() => void copy(text, "span as JSON")}>Copy</button>
      </h3>
      <pre class="code wrapped"><Text value={lines.slice(0, shown).join("\n")} /></pre>
      {lines.length > shown && <button class="btn" onClick={() => setShown(shown * 4)}>{int(lines.length - shown)} more lines</button>}
    </section>
  );
}
