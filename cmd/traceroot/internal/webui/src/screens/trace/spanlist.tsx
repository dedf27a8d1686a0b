// All spans of a group as a table, longest first.
import type { Signal } from "@preact/signals";
import { dur, int } from "../../ui/format";
import { Glyph } from "../../ui/glyph";
import { Text } from "../../ui/text";
import { Virtual } from "../../ui/virtual";
import { idOf, isRunning, kindOf, msOf, nameOf, noteOf, startOf, stateOf, statusOf, type Group, type Model } from "./model";
import { rowHeight } from "./row";
import { selectSpan, type View } from "./view";

export function SpanList({ v, m, group, range }: { v: View; m: Model; group: Group; range: Signal<[number, number] | null> }) {
  const [from, to] = range.value ?? [0, Infinity];
  const members = group.members.filter((i) => isRunning(m, i) ? range.value === null : msOf(m, i) >= from && msOf(m, i) < to);
  members.sort((a, b) => msOf(m, b) - msOf(m, a));
  return (
    <>
      {range.value && (
        <div class="picked xs t2">
          {int(members.length)} of {dur(from)} to {dur(to)}<span class="grow" /><button class="link" onClick={() => { range.value = null; }}>All</button>
        </div>
      )}
      <Virtual class="grow" role="listbox" label={`Spans of ${group.name}`} count={members.length} rowHeight={rowHeight} version={`${m.trace.seq} ${from} ${to}`} row={(n) => <Line v={v} m={m} span={members[n] ?? -1} />} />
    </>
  );
}

function Line({ v, m, span }: { v: View; m: Model; span: number }) {
  if (span < 0) return null;
  return (
    <button class="sline" role="option" aria-selected={false} onClick={() => selectSpan(v, span)} title={idOf(m, span)}>
      <Glyph kind={kindOf(m, span)} state={stateOf(m, span)} size={11} />
      <span class="ell grow"><Text value={nameOf(m, span)} /></span>
      <span class={statusOf(m, span) === "." ? "t3 xs" : "err xs"}>{noteOf(m, span)}</span>
      <span class="num t2 c1">+{dur(startOf(m, span))}</span>
      <span class="num c2">{isRunning(m, span) ? "running" : dur(msOf(m, span))}</span>
    </button>
  );
}
