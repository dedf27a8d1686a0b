// The turns of a session as a list: what was asked, the shape of the work, time, tokens and cost.
import { useEffect, useRef } from "preact/hooks";
import { tenth } from "../state/clock";
import { clock, dur, k, usd } from "../ui/format";
import { Icon } from "../ui/icon";
import { Shape } from "../ui/shape";
import { visible } from "../ui/text";
import type { Turn } from "./session-data";
import { words } from "./session-text";

interface Props { turns: Turn[]; selected: number; onSelect: (turn: number) => void }

export function Turns({ turns, selected, onSelect }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => { list.current?.children[selected]?.scrollIntoView({ block: "nearest" }); }, [selected]);
  return (
    <div ref={list} class="scroll grow" role="listbox" aria-label={words.turnList} tabIndex={0} aria-activedescendant={`turn-${selected + 1}`}>
      {turns.map((turn, i) => <TurnRow key={turn.id} turn={turn} index={i} selected={i === selected} onSelect={onSelect} />)}
    </div>
  );
}

function TurnRow({ turn, index, selected, onSelect }: { turn: Turn; index: number; selected: boolean; onSelect: (turn: number) => void }) {
  return (
    <div id={`turn-${index + 1}`} class={`turn${selected ? " sel" : ""}`} role="option" aria-selected={selected} onClick={() => onSelect(index)}>
      <span class="ix">{index + 1}</span>
      <span class="ell b">{visible(turn.asked ?? turn.name)}</span>
      <span class="sign"><Sign turn={turn} /></span>
      <span class="sub"><Shape shape={turn.shape ?? ""} status={turn.status} /></span>
      <span class="sub nums">
        <span><Took turn={turn} /></span><span>{k(turn.in)} / {k(turn.out)}</span><span>{usd(turn.cost, turn.partial)}</span>
        <span class="grow" /><span class="t3">{clock(new Date(turn.start))}</span>
      </span>
    </div>
  );
}

function Sign({ turn }: { turn: Turn }) {
  switch (turn.status) {
    case "running": return <span class="dot pulse g-run" role="img" aria-label={words.running} />;
    case "failed": return <span role="img" aria-label={words.failed} title={words.failed}><Icon name="err" class="g-err" /></span>;
    case "recovered": return <span role="img" aria-label={words.recovered} title={words.recovered}><Icon name="errh" class="g-err" /></span>;
    default: return null;
  }
}

/** Counts while the turn runs. */
export function Took({ turn }: { turn: Turn }) {
  return <>{dur(turn.ms ?? Math.max(0, tenth.value - Date.parse(turn.start)))}</>;
}
