// Durations of a group on a logarithmic scale; dragging selects some of them.
import { useSignal } from "@preact/signals";
import { dur, int } from "../../ui/format";
import { bins, type Bin } from "./groups";
import type { Group, Model } from "./model";

const width = 480, height = 96, floor = 80;

export function Histogram({ m, group, onSelect }: { m: Model; group: Group; onSelect: (from: number, to: number) => void }) {
  const all = bins(m, group);
  const drag = useSignal<[number, number] | null>(null);
  const first = all[0], last = all.at(-1);
  if (!first || !last) return <p class="t2">None has ended yet.</p>;
  const most = Math.max(...all.map((b) => b.count));
  const place = (e: PointerEvent) => {
    const r = (e.currentTarget as Element).getBoundingClientRect();
    return Math.min(Math.max(Math.floor(((e.clientX - r.left) / r.width) * all.length), 0), all.length - 1);
  };
  const end = () => {
    const [a, b] = drag.value ?? [0, 0];
    drag.value = null;
    const from = all[Math.min(a, b)], to = all[Math.max(a, b)];
    if (from && to) onSelect(from.from, to.to);
  };
  return (
    <>
      <svg class="hist" width="100%" height={height} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={inWords(all)}
        onPointerDown={(e) => { (e.currentTarget as Element).setPointerCapture(e.pointerId); drag.value = [place(e), place(e)]; }}
        onPointerMove={(e) => { if (drag.value) drag.value = [drag.value[0], place(e)]; }} onPointerUp={end} onPointerCancel={() => { drag.value = null; }}>
        {all.map((b, n) => <Bar key={n} bin={b} place={n} step={width / all.length} most={most} kind={group.kind} chosen={chosen(drag.value, n)} />)}
        <line x1="0" x2={width} y1={floor + 0.5} y2={floor + 0.5} stroke="var(--line2)" />
      </svg>
      <div class="ends xs t3">{decades(first.from, last.to).map((ms) => <span key={ms}>{short(ms)}</span>)}</div>
    </>
  );
}

const chosen = (drag: [number, number] | null, n: number) => drag !== null && n >= Math.min(...drag) && n <= Math.max(...drag);

function Bar({ bin, place, step, most, kind, chosen }: { bin: Bin; place: number; step: number; most: number; kind: string; chosen: boolean }) {
  const h = bin.count === 0 ? 0 : 1 + (77 * bin.count) / most;
  const odd = bin.count > 0 && bin.odd * 2 > bin.count;
  return (
    <g>
      <title>{`${int(bin.count)} of ${dur(bin.from)} to ${dur(bin.to)}${bin.odd ? `, ${int(bin.odd)} failed or retried` : ""}`}</title>
      <rect x={place * step} y="0" width={step} height={floor} fill={chosen ? "var(--accent-bg)" : "transparent"} />
      <rect x={place * step} y={floor - h} width={step - 1.6} height={h} fill={odd ? "none" : `var(--k-${kind})`} stroke={odd ? "var(--err)" : "none"} vector-effect="non-scaling-stroke" />
    </g>
  );
}

function decades(from: number, to: number): number[] {
  const all: number[] = [];
  for (let ms = from; ms <= to * 1.001; ms *= 10) all.push(ms);
  return all;
}

const short = (ms: number) => (ms >= 999 ? `${int(ms / 1000)} s` : ms >= 0.99 ? `${Math.round(ms)} ms` : `${Math.round(ms * 1000)} µs`);

function inWords(all: Bin[]): string {
  const peak = all.reduce((a, b) => (b.count > a.count ? b : a));
  return `Histogram of durations from ${dur(all[0]?.from ?? 0)} to ${dur(all.at(-1)?.to ?? 0)}, most near ${dur(Math.sqrt(peak.from * peak.to))}`;
}
