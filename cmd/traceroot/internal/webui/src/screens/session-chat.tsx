// What the user lived through: each turn's question, the work behind a fold, and what came back.
import { Fragment, type ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { formatted } from "../state/prefs";
import { traceHref } from "../state/url";
import { clock, dur, int, usd } from "../ui/format";
import { Glyph } from "../ui/glyph";
import { Icon } from "../ui/icon";
import { Markdown } from "../ui/markdown";
import { Shape } from "../ui/shape";
import { Odd, Text, visible } from "../ui/text";
import type { Step } from "../wire";
import { isError, mistyped, pause, said, stepCount, type Turn } from "./session-data";
import { words } from "./session-text";
import { Took } from "./session-turns";

interface Props { turns: Turn[]; selected: number; scrollTo: number; open: ReadonlySet<string>; onToggle: (turn: Turn) => void; streamed: (trace: string) => string }

/** scrollTo changes when a turn was picked elsewhere; new data alone never scrolls. */
export function Chat({ turns, selected, scrollTo, open, onToggle, streamed }: Props) {
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    if (scrollTo > 0) reveal(pane.current, selected);
  }, [scrollTo]);
  return (
    <section ref={pane} class="chatw scroll" tabIndex={0} aria-label={words.conversation}>
      <div class="chat">
        {turns.map((turn, i) => (
          <Fragment key={turn.id}>
            <Separator turn={turn} before={turns[i - 1]} index={i} />
            <Asked turn={turn} />
            <Work turn={turn} index={i} open={open.has(turn.id)} onToggle={onToggle} />
            <Answer turn={turn} streamed={streamed(turn.id)} />
          </Fragment>
        ))}
      </div>
    </section>
  );
}

/** A turn whose beginning can be read stays where it is. */
function reveal(pane: HTMLElement | null, turn: number): void {
  const beginning = pane?.querySelectorAll(".sepr")[turn];
  if (!pane || !beginning) return;
  const at = beginning.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  if (at < 0 || at > pane.clientHeight * 0.6) beginning.scrollIntoView({ block: "start" });
}

function Separator({ turn, before, index }: { turn: Turn; before: Turn | undefined; index: number }) {
  const gap = pause(before, turn);
  const since = gap === null ? "" : gap < 0 ? words.overlapping : words.later(dur(gap).replace(/\.\d\d s/, " s"));
  return (
    <div class="sepr">
      <b>{words.turn(index + 1)}</b><span>{[clock(new Date(turn.start)), since].filter(Boolean).join(", ")}</span>
    </div>
  );
}

function Asked({ turn }: { turn: Turn }) {
  return (
    <Say who={words.user} note={turn.user && visible(turn.user)} look="user">
      {turn.asked ? <p><Text value={turn.asked} /></p> : <p class="t3">{words.notRecorded}</p>}
    </Say>
  );
}

function Work({ turn, index, open, onToggle }: { turn: Turn; index: number; open: boolean; onToggle: (turn: Turn) => void }) {
  return (
    <div class={`work${turn.status === "failed" ? " bad" : ""}`}>
      <header>
        <button aria-expanded={open} title={words.steps(open)} onClick={() => onToggle(turn)}>
          <Icon name={open ? "down" : "right"} size={9} /><span class="ell">{stepCount(turn)}</span><Shape shape={turn.shape ?? ""} status={turn.status} />
        </button>
        <span><Took turn={turn} /></span><span>{usd(turn.cost, turn.partial)}</span>
        <a class="link" href={traceHref(turn.id)} aria-label={words.openTrace(index + 1)}>{words.trace}</a>
      </header>
      {open && <Steps turn={turn} />}
    </div>
  );
}

function Steps({ turn }: { turn: Turn }) {
  const { calls = 0, tools = 0, steps = [] } = turn;
  const more = calls + tools - steps.length;
  return (
    <ol>
      {steps.map((step) => <li key={step.span}><StepRow trace={turn.id} step={step} /></li>)}
      {more > 0 && <li><a class="t3" href={traceHref(turn.id)}><span /><span class="ell">{words.moreSteps(more)}</span></a></li>}
    </ol>
  );
}

function StepRow({ trace, step }: { trace: string; step: Step }) {
  const failed = isError(step);
  return (
    <a href={traceHref(trace, step.span)}>
      <Glyph kind={step.kind} state={failed ? "err" : step.status === "+" ? "run" : undefined} size={12} />
      <span class="ell">{visible(step.name)}{step.n !== undefined && <span class="t3"> #{step.n}</span>}</span>
      <span class={`ell ${failed ? "err" : "t3"}`}><Odd value={said(step)} at={mistyped(step)} /></span>
      <span class="num t3">{step.ms < 0 ? words.running : dur(step.ms)}</span>
    </a>
  );
}

function Answer({ turn, streamed }: { turn: Turn; streamed: string }) {
  if (turn.status === "failed") return <Say who={words.failed} note={words.noAnswer} look="failed"><p class="err"><Why turn={turn} /></p></Say>;
  if (turn.status === "running") {
    const tool = turn.steps?.findLast((step) => step.status === "+" && step.kind === "tool");
    const note = tool ? words.runs(visible(tool.name)) : words.streaming;
    return <Say who={words.assistant} note={<span class="live">{note}</span>}><p><Text value={streamed || turn.outcome || ""} /><span class="caret" /></p></Say>;
  }
  return (
    <Say who={words.assistant} note={turn.out > 0 && words.tokens(int(turn.out))}>
      {!turn.outcome ? <p class="t3">{words.notRecorded}</p> : formatted.value ? <Markdown value={turn.outcome} /> : <p><Text value={turn.outcome} /></p>}
    </Say>
  );
}

/** The verdict on the trace, each noun a link to its span; without one the error itself. */
function Why({ turn }: { turn: Turn }) {
  if (!turn.verdict) return <Text value={turn.outcome ?? words.notRecorded} />;
  return (
    <>
      {turn.verdict.parts.map((part, i) => {
        const said = <Odd value={part.text} at={part.odd} />;
        const shown = part.code ? <code>{said}</code> : said;
        return part.span ? <a key={i} class="link" href={traceHref(turn.id, part.span)}>{shown}</a> : <span key={i}>{shown}</span>;
      })}
    </>
  );
}

function Say({ who, note, look = "", children }: { who: string; note?: ComponentChildren; look?: string; children: ComponentChildren }) {
  return <div class={`say ${look}`}><div class="who"><b>{who}</b>{note && <span>{note}</span>}</div>{children}</div>;
}
