// How many traces there were over time, and how many failed. Dragging chooses a range.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "../../state/keys";
import { setParams } from "../../state/url";
import { Dialog } from "../../ui/dialog";
import { clock, day, int } from "../../ui/format";
import type { Histogram as Data } from "../../wire";
import { listText as t } from "./texts";

const height = 56;
const base = 42;
const tallest = 40;
const dragPixels = 4;

export function Histogram({ data, dim }: { data: Data | undefined; dim: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [drag, setDrag] = useState<[number, number] | undefined>();
  const [table, setTable] = useState(false);
  useKeys({ T: () => setTable(data !== undefined) });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);

  const x = (e: PointerEvent) => Math.max(0, Math.min(width, e.clientX - (box.current?.getBoundingClientRect().left ?? 0)));
  const finish = () => {
    setDrag(undefined);
    if (!data || !drag || Math.abs(drag[0] - drag[1]) < dragPixels) return;
    const [left, right] = [Math.min(...drag), Math.max(...drag)];
    const from = Date.parse(data.from);
    const at = (pixel: number) => new Date(Math.round(from + (pixel / width) * (Date.parse(data.to) - from))).toISOString();
    setParams({ from: at(left), to: at(right) }, { push: true });
  };
  return (
    <div ref={box} class={`hist${dim ? " dim" : ""}`}
      onPointerDown={(e) => { if (data && e.button === 0) { e.currentTarget.setPointerCapture(e.pointerId); setDrag([x(e), x(e)]); } }}
      onPointerMove={(e) => { if (drag) setDrag([drag[0], x(e)]); }} onPointerUp={finish} onPointerCancel={() => setDrag(undefined)}>
      {data && width > 0 && <Chart data={data} width={width} drag={drag} />}
      {data && table && <Table data={data} onClose={() => setTable(false)} />}
    </div>
  );
}

function Chart({ data, width, drag }: { data: Data; width: number; drag: [number, number] | undefined }) {
  const total = data.ok.map((ok, i) => ok + (data.failed[i] ?? 0) + (data.recovered[i] ?? 0) + (data.running[i] ?? 0));
  const most = Math.max(1, ...total);
  const bar = width / Math.max(1, total.length);
  const bars = (counts: readonly number[], below?: readonly number[]) => counts.map((n, i) => {
    if (n === 0) return "";
    const h = Math.max(1.5, (n / most) * tallest);
    const y = base - h - (((below?.[i] ?? 0) / most) * tallest);
    return `M${(i * bar).toFixed(1)} ${y.toFixed(1)}h${Math.max(1, bar - 1.5).toFixed(1)}v${h.toFixed(1)}H${(i * bar).toFixed(1)}z`;
  }).join("");
  const labels = labelsOf(data);
  return (
    <svg class="chart" width={width} height={height} role="img" aria-label={t.histogram(data.traces, data.failedTotal, labels[0] ?? "", labels.at(-1) ?? "")}>
      <path d={`M0 ${base}.5H${width}`} stroke="var(--line)" />
      <path d={bars(total)} fill="var(--line2)" />
      <path d={bars(data.running, data.failed)} fill="var(--accent)" />
      <path d={bars(data.failed)} fill="var(--err)" />
      {drag && <rect class="drag" x={Math.min(...drag)} width={Math.abs(drag[0] - drag[1])} y="0" height={base} />}
      {labels.map((label, i) => <text x={(width * i) / (labels.length - 1)} y="54" text-anchor={i === 0 ? "start" : i === labels.length - 1 ? "end" : "middle"}>{label}</text>)}
    </svg>
  );
}

const oneDay = 86_400_000;

function labelsOf(data: Data): string[] {
  const from = Date.parse(data.from);
  const span = Date.parse(data.to) - from;
  return [0, 1, 2, 3, 4].map((i) => {
    const at = new Date(from + (span * i) / 4);
    if (span <= oneDay * 1.1) return clock(at, span < 10 * 60_000);
    return span < 4 * oneDay ? `${shortDay(at)} ${clock(at, false)}` : shortDay(at);
  });
}

const shortDay = (at: Date): string => day(at).replace(/ \d{4}$/, "");

/** The same as numbers. */
function Table({ data, onClose }: { data: Data; onClose: () => void }) {
  const from = Date.parse(data.from);
  const filled = data.ok.map((ok, i) => ({ at: new Date(from + i * data.bucketMs), ok, failed: data.failed[i] ?? 0, recovered: data.recovered[i] ?? 0, running: data.running[i] ?? 0 }))
    .filter((b) => b.ok + b.failed + b.recovered + b.running > 0);
  return (
    <Dialog title={t.histogramTable} onClose={onClose}>
      <div class="scroll histtable">
        <table>
          <thead><tr><th>{t.from}</th><th class="num">OK</th><th class="num">{t.totals.failed}</th><th class="num">Recovered</th><th class="num">Running</th></tr></thead>
          <tbody>{filled.map((b) => <tr><td>{shortDay(b.at)}, {clock(b.at)}</td><td class="num">{int(b.ok)}</td><td class="num">{int(b.failed)}</td><td class="num">{int(b.recovered)}</td><td class="num">{int(b.running)}</td></tr>)}</tbody>
        </table>
      </div>
    </Dialog>
  );
}
