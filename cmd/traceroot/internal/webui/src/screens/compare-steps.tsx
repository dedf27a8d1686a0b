// The steps of both runs, aligned: what is the same is quiet, the first difference is marked.
import { useEffect, useRef } from "preact/hooks";
import { dur } from "../ui/format";
import { Glyph } from "../ui/glyph";
import { Odd, visible } from "../ui/text";
import type { AlignedStep, Compare, Step } from "../wire";
import { against, failed } from "./compare-data";
import { mistyped, said } from "./session-data";
import { words } from "./compare-text";

interface Props { compare: Compare; selected: number; onSelect: (step: number) => void }

export function Steps({ compare, selected, onSelect }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => { list.current?.children[selected]?.scrollIntoView({ block: "nearest" }); }, [selected]);
  return (
    <div class="al">
      <div ref={list} class="steps scroll" role="listbox" aria-label={words.steps} tabIndex={0} aria-activedescendant={`step-${selected}`}>
        {compare.steps.map((pair, i) => <PairRow key={i} pair={pair} index={i} first={i === compare.first} selected={i === selected} onSelect={onSelect} />)}
      </div>
      {compare.cut && <p class="note">{words.cutSteps}</p>}
    </div>
  );
}

function PairRow({ pair, index, first, selected, onSelect }: { pair: AlignedStep; index: number; first: boolean; selected: boolean; onSelect: (step: number) => void }) {
  const { a, b } = pair;
  const what = pair.same ? words.same : pair.what ?? words.differs;
  return (
    <div id={`step-${index}`} class={`cmp${pair.same ? " same" : ""}${first ? " first" : ""}${selected ? " sel" : ""}`} role="option" aria-selected={selected} onClick={() => onSelect(index)}>
      <Cell step={a} />
      <div class="mid"><span class={pair.same || first ? "" : "b"}>{what}</span>{a && b && a.ms >= 0 && b.ms >= 0 && <span class="t3 xs">{against(a.ms, b.ms, dur)}</span>}</div>
      <Cell step={b} />
    </div>
  );
}

function Cell({ step }: { step: Step | undefined }) {
  if (!step) return <div class="none"><span class="o">{words.noStep}</span></div>;
  const bad = failed(step);
  return (
    <div>
      <Glyph kind={step.kind} state={bad ? "err" : step.status === "+" ? "run" : undefined} size={12} />
      <span class="ell name">{visible(step.name)}{step.n !== undefined && ` #${step.n}`}</span>
      <span class={`ell o grow ${bad ? "err" : "t3"}`}><Odd value={said(step)} at={mistyped(step)} /></span>
      <span class="o t2">{step.ms < 0 ? words.running : dur(step.ms)}</span>
    </div>
  );
}
