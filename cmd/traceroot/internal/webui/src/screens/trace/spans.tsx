// The left pane: search, column, overview, time axis, rows and the legend.
import type { Kind } from "../../wire";
import { dur, int } from "../../ui/format";
import { Glyph } from "../../ui/glyph";
import type { Column } from "./address";
import { at, percent } from "./at";
import { FindBox } from "./findbox";
import { matches, stepMatch } from "./find";
import type { Model } from "./model";
import { Overview } from "./overview";
import { ticks, tickText, type Scale } from "./scale";
import { Tree } from "./tree";
import type { View } from "./view";

const columns: [Column, string][] = [["time", "Time"], ["tokens", "Tokens"], ["cost", "Cost"]];

export function Spans({ v, m }: { v: View; m: Model }) {
  const hits = matches(v, m);
  return (
    <section class={`wf${v.pane.value === 0 ? " on" : ""}`} aria-label="Spans">
      <div class="ph">
        <h2>Spans</h2>
        <span class="t3 s nowrap">{count(m, v.rows.value?.length ?? 0)}</span>
        <span class="grow" />
        <FindBox pane={0} text={v.find} label="Search spans" found={hits.list.length} step={(d) => stepMatch(v, d)} />
        <Columns v={v} />
      </div>
      <Overview v={v} m={m} />
      <Axis scale={v.scale.value} />
      <Tree v={v} m={m} />
      <Legend />
    </section>
  );
}

const count = (m: Model, rows: number) => (m.trace.groups.length > 0 && rows < m.count ? `${int(m.count)} in ${int(rows)} rows` : int(m.count));

const Columns = ({ v }: { v: View }) => (
  <span class="seg" role="group" aria-label="Column">
    {columns.map(([col, name]) => (
      <button key={col} aria-pressed={v.col.value === col} title={`${name} of each row (v)`} onClick={() => { v.col.value = col; }}>{name}</button>
    ))}
  </span>
);

function Axis({ scale }: { scale: Scale }) {
  const middles = scale.gaps.map((g) => scale.at((g.from + g.to) / 2));
  const labels = withoutOverlap(scale.gaps.map((g, n) => ({ x: middles[n] ?? 0, text: `⋯ ${dur(g.to - g.from)}` })), ticks(scale).map((t) => ({ x: scale.at(t), text: tickText(t) })));
  return (
    <div class="axis">
      <span /><span />
      <div class="lane2">
        {labels.map(({ x, text }) => <span key={x} class={x < 0.03 ? "first" : x > 0.92 ? "last" : ""} ref={at({ left: percent(x) })}>{text}</span>)}
        {scale.gaps.map((g, n) => (
          <span key={g.from} class="gap" ref={at({ left: percent(middles[n] ?? 0) })} title={`${dur(g.to - g.from)} in which nothing ran; folded`}>⋯ {dur(g.to - g.from)}</span>
        ))}
      </div>
    </div>
  );
}

interface Label { x: number; text: string }

// Of the width of the lane, about; it is narrow where one pane is shown at a time.
const narrow = matchMedia("(max-width: 720px)");
const perCharacter = () => (narrow.matches ? 0.068 : 0.029);

// withoutOverlap keeps the labels that have room beside those that are there already and beside each other.
function withoutOverlap(there: Label[], labels: Label[]): Label[] {
  const taken = there.map(extent);
  return labels.filter((label) => {
    const [from, to] = extent(label);
    if (taken.some(([a, b]) => from < b && a < to)) return false;
    taken.push([from, to]);
    return true;
  });
}

function extent({ x, text }: Label): [number, number] {
  const width = (text.length + 1) * perCharacter();
  const left = x < 0.03 ? x : x > 0.92 ? x - width : x - width / 2;
  return [left, left + width];
}

const kinds: [Kind, string][] = [["agent", "agent"], ["llm", "model call"], ["tool", "tool call"], ["span", "span"]];

const Legend = () => (
  <div class="legend xs t3">
    {kinds.map(([kind, name]) => <span class="row" key={kind}><Glyph kind={kind} size={11} />{name}</span>)}
    <span class="grow" />
    <span class="row">
      <svg width="30" height="14" aria-hidden="true">
        <rect x=".75" y="3.75" width="10" height="7" fill="var(--k-llm-soft)" stroke="var(--k-llm)" stroke-width="1.5" />
        <rect x="11" y="3" width="19" height="8.5" fill="var(--k-llm)" />
        <path d="M11 0v14" stroke="var(--t1)" stroke-width="1.5" />
      </svg>
      first token
    </span>
  </div>
);
