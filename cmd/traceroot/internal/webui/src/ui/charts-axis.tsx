// What all charts share: scales, axes, the frame that measures its own width and shows itself as a table instead.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { go } from "../state/url";

/** Key T shows every chart of the screen as a table. */
export const asTable = signal(false);

export interface Tick { at: number; text: string } // at: 0 left to 1 right
export interface ChartTable { head: string[]; rows: { cells: string[]; href?: string }[] }

export interface Plot { width: number; height: number; left: number; right: number; top: number; bottom: number }

export function plot(width: number, height: number, right = 0): Plot {
  return { width, height, left: 40, right, top: 8, bottom: 18 };
}

export function niceMax(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value * (1 - 1e-9)) ?? 10) * power;
}

/** How many parts divide 0…max at round numbers; four and five only where there is room. */
export function gridLines(max: number, height: number): number {
  const round = (part: number) => {
    const power = 10 ** Math.floor(Math.log10(part) + 1e-9);
    return [1, 2, 2.5, 5, 10].some((step) => Math.abs(step * power - part) < max / 1e6);
  };
  return [4, 5, 3, 2].find((n) => (n < 4 || height > 120) && round(max / n)) ?? 2;
}

export function Axis({ plot: p, max, format, ticks }: { plot: Plot; max: number; format: (value: number) => string; ticks: Tick[] }) {
  const n = gridLines(max, p.height);
  const end = p.width - p.right;
  return (
    <g>
      {Array.from({ length: n + 1 }, (_, i) => {
        const y = p.top + (p.height - p.bottom - p.top) * (1 - i / n);
        return (
          <g key={i}>
            <line x1={p.left} x2={end} y1={y} y2={y} stroke="var(--line)" stroke-dasharray={i ? "2 3" : undefined} />
            <text x={p.left - 6} y={y + 3.5} text-anchor="end">{format((max * i) / n)}</text>
          </g>
        );
      })}
      {ticks.map((tick) => (
        <text key={tick.at} x={p.left + (end - p.left) * tick.at} y={p.height - 4} text-anchor={tick.at < 0.05 ? "start" : tick.at > 0.95 ? "end" : "middle"}>{tick.text}</text>
      ))}
    </g>
  );
}

interface FrameProps { height: number; label: string; table: () => ChartTable; children: (width: number) => ComponentChildren }

/** Text must not be stretched, so a chart is drawn at the width that it has. */
export function Frame({ height, label, table, children }: FrameProps) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    const measure = () => setWidth(Math.max(120, el.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(el);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (box.current) box.current.style.height = asTable.value ? "auto" : `${height}px`;
  }, [height, asTable.value]);
  return (
    <div class="chart-box" ref={box}>
      {asTable.value ? <Table label={label} table={table()} /> : width > 0 && (
        <svg class="chart" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>{children(width)}</svg>
      )}
    </div>
  );
}

function Table({ label, table }: { label: string; table: ChartTable }) {
  return (
    <div class="chart-table scroll" tabIndex={0}>
      <table class="tt">
        <caption class="sr">{label}</caption>
        <thead><tr>{table.head.map((head, i) => <th key={i} scope="col" class={i ? "num" : ""}>{head}</th>)}</tr></thead>
        <tbody>
          {table.rows.map((row, r) => (
            <tr key={r}>
              {row.cells.map((cell, i) => i ? <td key={i} class="num">{cell}</td> : <th key={i} scope="row">{row.href ? <a class="link" href={row.href}>{cell}</a> : cell}</th>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A place in a chart that leads somewhere. The table has the same links for the keyboard; here they would be 48 tab stops. */
export function Spot({ to, children }: { to: string | undefined; children: ComponentChildren }) {
  if (to === undefined) return <g>{children}</g>;
  const follow = (e: MouseEvent) => {
    if (e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    go(to);
  };
  return <a href={to} tabIndex={-1} onClick={follow}>{children}</a>;
}

/** Stands for asTable where a pointer or a finger has no T. */
export function TableButton() {
  return (
    <button class="btn quiet as-table" aria-pressed={asTable.value} title="Show charts as tables (T)" onClick={() => (asTable.value = !asTable.value)}>
      {asTable.value ? "Charts" : "Table"} <kbd>T</kbd>
    </button>
  );
}
