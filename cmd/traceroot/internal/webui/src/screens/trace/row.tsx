// One row of the tree: sign, name, number, marks, metric and its part of the waterfall.
import { int } from "../../ui/format";
import { Glyph } from "../../ui/glyph";
import { Icon } from "../../ui/icon";
import { Text } from "../../ui/text";
import { at } from "./at";
import { measure } from "./groups";
import { GroupLane, Lane } from "./lane";
import { groupMetric, spanMetric } from "./metric";
import { hasFailed, isRunning, kindOf, nameOf, noteOf, orderOf, stateOf, statusOf, type Group, type Model } from "./model";
import type { RowItem } from "./rows";
import { select, turn, type View } from "./view";

interface RowProps { v: View; m: Model; row: RowItem; place: number; linked: boolean; hit: boolean }

export const rowHeight = 26;
export const rowId = (key: string) => `row-${key}`;

export function Row({ v, m, row, place, linked, hit }: RowProps) {
  const selected = v.selected.value === row.key;
  const pick = () => {
    select(v, row.key);
    v.pane.value = 1;
  };
  return (
    <div class={`wr${selected ? " sel" : ""}${linked ? " linked" : ""}${hit ? " hit" : ""}`} role="treeitem" id={rowId(row.key)}
      aria-level={row.depth + 1} aria-selected={selected} aria-expanded={row.foldable ? row.open : undefined}
      ref={at({ transform: `translateY(${place * rowHeight}px)`, "--d": String(row.depth) })}
      onClick={pick} onDblClick={() => row.foldable && turn(v, row.key)}>
      <div class="n">
        {row.foldable && (
          <span class={row.open ? "fd" : "fd on"} title={row.open ? "Fold (h)" : "Unfold (l)"} aria-hidden="true"
            onClick={(e) => { e.stopPropagation(); turn(v, row.key); }}>
            <Icon name={row.open ? "down" : "right"} size={8} />
          </span>
        )}
        <Name m={m} row={row} />
      </div>
      <Metric v={v} m={m} row={row} />
      <div class="lane">
        {row.entry.is === "span" && <Lane v={v} m={m} span={row.entry.span} />}
        {row.entry.is === "group" && <GroupLane v={v} m={m} group={row.entry.group} />}
      </div>
    </div>
  );
}

function Metric({ v, m, row }: { v: View; m: Model; row: RowItem }) {
  const e = row.entry;
  if (e.is === "missing") return <div class="m" />;
  if (e.is === "group") return <div class="m">{groupMetric(m, e.group, v.col.value)}</div>;
  return <div class="m">{spanMetric(m, e.span, v.col.value, isRunning(m, e.span) ? v.now.value : 0)}</div>;
}

function Name({ m, row }: { m: Model; row: RowItem }) {
  const e = row.entry;
  if (e.is === "missing") {
    return (
      <>
        <Glyph kind="span" />
        <span class="ell t3" title={`span ${e.id}`}>{m.running ? "not arrived" : "never ended"}</span>
      </>
    );
  }
  if (e.is === "group") return <GroupName m={m} group={e.group} />;
  const kind = kindOf(m, e.span);
  const note = ownNote(m, e.span);
  const order = orderOf(m, e.span);
  return (
    <>
      <Glyph kind={kind} state={stateOf(m, e.span)} />
      <span class={kind === "span" ? "ell t2" : "ell"}><Text value={nameOf(m, e.span)} /></span>
      {order > 0 && <span class="ord">#{order}</span>}
      {hasFailed(m, e.span) && <Sign name="err" words="failed" />}
      {statusOf(m, e.span) === "?" && <Sign name="errh" words="failed and recovered" />}
      {note && <span class="t3 xs nowrap">{note}</span>}
    </>
  );
}

// ownNote is left to the span below that it came from.
function ownNote(m: Model, span: number): string {
  const note = noteOf(m, span);
  return (m.kids[span] ?? []).some((kid) => noteOf(m, kid) === note) ? "" : note;
}

function GroupName({ m, group }: { m: Model; group: Group }) {
  const all = measure(m, group);
  return (
    <>
      <Glyph kind={group.kind} state={all.running > 0 ? "run" : undefined} />
      <span class={group.kind === "span" ? "ell t2" : "ell"}><Text value={group.name} /></span>
      <span class="grp">× {int(group.members.length)}</span>
      {all.failed > 0 && <span class="err xs cnt"><Sign name="err" words="failed" />{int(all.failed)}</span>}
      {all.recovered > 0 && <span class="err xs cnt"><Sign name="errh" words="recovered" />{int(all.recovered)}</span>}
    </>
  );
}

const Sign = ({ name, words }: { name: "err" | "errh"; words: string }) => (
  <span class="sign" title={words}><Icon name={name} size={11} class="g-err" /><span class="sr">{words}</span></span>
);
