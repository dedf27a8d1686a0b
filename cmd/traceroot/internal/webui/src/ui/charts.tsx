// Stacked bars, one column a step of time or a thing. A column is a link to what it counts.
import { Axis, Frame, niceMax, plot, Spot, type Plot, type Tick } from "./charts-axis";

export interface Series {
  name: string;
  color: string; // a custom property, such as --c1
  hollow?: boolean; // outlined: recovered, not final
  values: number[];
}

export interface BarsProps {
  series: Series[];
  height: number;
  label: string; // a sentence that says what the chart shows
  format: (value: number) => string; // of the axis
  exact?: (value: number) => string; // of the tooltip and the table
  ticks: Tick[];
  names: string[]; // of each column
  marks?: Tick[];
  hrefs?: string[]; // of each of names
}

export function StackedBars(props: BarsProps) {
  const { series, height, label, names, hrefs } = props;
  const exact = props.exact ?? props.format;
  const table = () => ({
    head: ["", ...series.map((one) => one.name)],
    rows: names.map((name, i) => ({ cells: [name, ...series.map((one) => exact(one.values[i] ?? 0))], href: hrefs?.[i] })).filter((_, i) => total(series, i) > 0),
  });
  return <Frame height={height} label={label} table={table}>{(width) => <Bars {...props} width={width} />}</Frame>;
}

function Bars({ series, height, width, format, exact = format, ticks, names, marks, hrefs }: BarsProps & { width: number }) {
  const p = plot(width, height);
  const max = niceMax(Math.max(0, ...names.map((_, i) => total(series, i))));
  const step = (width - p.left) / Math.max(1, names.length);
  return (
    <>
      <Axis plot={p} max={max} format={format} ticks={ticks} />
      {names.map((name, i) => total(series, i) > 0 && (
        <Column key={i} plot={p} series={series} index={i} x={p.left + i * step} step={step} max={max} href={hrefs?.[i]}
          title={[name, ...series.flatMap((one) => (one.values[i] ? [`${one.name} ${exact(one.values[i])}`] : []))].join("\n")} />
      ))}
      {marks?.map((mark) => <Mark key={mark.text} plot={p} {...mark} />)}
    </>
  );
}

interface ColumnProps { plot: Plot; series: Series[]; index: number; x: number; step: number; max: number; href?: string; title: string }

function Column({ plot: p, series, index, x, step, max, href, title }: ColumnProps) {
  const width = Math.min(34, step - Math.min(2, step * 0.25));
  const left = x + (step - width) / 2;
  let y = p.height - p.bottom;
  const bars = series.map((one) => {
    const height = ((one.values[index] ?? 0) / max) * (p.height - p.bottom - p.top);
    if (height <= 0.2) return null;
    y -= height;
    return one.hollow
      ? <rect key={one.name} x={left + 0.5} y={y + 0.5} width={Math.max(1, width - 1)} height={Math.max(0.5, height - 1)} fill="none" stroke={`var(${one.color})`} />
      : <rect key={one.name} x={left} y={y} width={width} height={height} fill={`var(${one.color})`} />;
  });
  const body = <><title>{title}</title><rect class="hit" x={x} y={p.top} width={step} height={p.height - p.bottom - p.top} fill="transparent" />{bars}</>;
  return <Spot to={href}>{body}</Spot>;
}

function Mark({ plot: p, at, text }: { plot: Plot } & Tick) {
  const x = p.left + (p.width - p.left) * at;
  return (
    <g class="mark">
      <line x1={x} x2={x} y1={p.top} y2={p.height - p.bottom} stroke="var(--t1)" />
      <text x={at > 0.8 ? x - 5 : x + 5} y={p.top + 9} text-anchor={at > 0.8 ? "end" : "start"}>{text}</text>
    </g>
  );
}

function total(series: Series[], column: number): number {
  return series.reduce((sum, one) => sum + (one.values[column] ?? 0), 0);
}

/** Names the colours of a chart. */
export function Key({ series, lines }: { series: { name: string; color: string; hollow?: boolean; href?: string }[]; lines?: boolean }) {
  return (
    <>
      {series.map((one) => {
        const content = (
          <>
            <svg class="swatch" width="9" height="9" aria-hidden="true">
              {lines
                ? <line x1="0" x2="9" y1="5" y2="5" stroke={`var(${one.color})`} stroke-width="2" />
                : one.hollow
                  ? <rect x="0.75" y="0.75" width="7.5" height="7.5" fill="none" stroke={`var(${one.color})`} stroke-width="1.5" />
                  : <rect width="9" height="9" fill={`var(${one.color})`} />}
            </svg>
            {one.name}
          </>
        );
        return one.href ? <a key={one.name} href={one.href}>{content}</a> : <span key={one.name}>{content}</span>;
      })}
    </>
  );
}
