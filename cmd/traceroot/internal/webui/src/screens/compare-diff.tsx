// What the model saw and what it answered, in both runs: messages that both have are left out.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Odd } from "../ui/text";
import { copy } from "../ui/toast";
import type { Compare, Diff } from "../wire";
import { sideOf, unified, type Side } from "./compare-data";
import { mistyped } from "./session-data";
import { words } from "./compare-text";

type View = "diff" | Side;

export function Diffs({ compare, stale }: { compare: Compare; stale: boolean }) {
  const [view, setView] = useState<View>("diff");
  const pair = compare.steps[compare.step];
  const step = pair?.a ?? pair?.b;
  const saw = step?.kind === "llm" ? words.saw.llm : words.saw.other;
  return (
    <div class="diffs">
      <section class={stale ? "stale" : ""}>
        <div class="ph">
          <h2>{saw}</h2><span class="t3 s ell">{compare.input.title}</span><span class="grow" />
          <span class="seg" role="group" aria-label={words.view}>{(["diff", "a", "b"] as const).map((name) => <button key={name} aria-pressed={view === name} onClick={() => setView(name)}>{words[name]}</button>)}</span>
        </div>
        <Lines key={compare.step} diff={compare.input} view={view} label={saw} />
      </section>
      <section class={stale ? "stale" : ""}>
        <div class="ph">
          <h2>{words.answer}</h2><span class="t3 s ell">{compare.output.title}</span><span class="grow" />
          <button class="btn quiet" onClick={() => void copy(`${unified(compare.input)}\n\n${unified(compare.output)}`, words.diff)}>{words.copyDiff}</button>
        </div>
        <Lines key={compare.step} diff={compare.output} view={view} label={words.answer} />
      </section>
    </div>
  );
}

const firstLines = 400;
const moreLines = 2000;
const looks = { "=": "", "-": "del", "+": "add", "#": "" };
const signs = { "=": "", "-": "-", "+": "+", "#": "" };

function Lines({ diff, view, label }: { diff: Diff; view: View; label: string }) {
  const [most, setMost] = useState(firstLines);
  const lines = view === "diff" ? diff.lines : sideOf(diff, view);
  return (
    <div class="df scroll grow" tabIndex={0} role="region" aria-label={label}>
      {lines.slice(0, most).map((line, i) => (
        <div key={i} class={view === "diff" ? looks[line.op] : ""}>
          <span class="ln">{line.n}</span><span class="t3">{view === "diff" ? signs[line.op] : ""}</span>
          <span class={line.op === "#" ? "t3" : ""}><Odd value={line.text} at={mistyped(line)} /></span>
        </div>
      ))}
      {lines.length === 0 && <Note>{words.noDiff}</Note>}
      {lines.length > most && <Note><button class="link" onClick={() => setMost(most + moreLines)}>{words.more(lines.length - most)}</button></Note>}
      {diff.cut && lines.length <= most && <Note>{words.cut}</Note>}
    </div>
  );
}

function Note({ children }: { children: ComponentChildren }) {
  return <div><span /><span /><span class="t3">{children}</span></div>;
}
