// Lines over time, named at their right end. A step without a value is a gap, never a zero.
import { Axis, Frame, niceMax, plot, Spot, type Plot, type Tick } from "./charts-axis";

export interface Line { name: string; color: string; values: (number | null)[] }

export interface LinesProps {
  lines: Line[];
  height: number;
  label: string;
  format: (value: number) => string;
  exact?: (value: number) => string;
  ticks: Tick[];
  names: string[]; // of each step
  hrefs?: string[]; // of each of names
}

export function Lines(props: LinesProps) {
  const { lines, names, label, height, hrefs } = props;
  const exact = props.exact ?? props.format;
  const table = () => ({
    head: ["", ...lines.map((line) => line.name)],
    rows: names.map((name, i) => ({ cells: [name, ...lines.map((line) => (line.values[i] == null ? "" : exact(line.values[i]!)))], href: hrefs?.[i] })).filter((_, i) => known(lines, i)),
  });
  return <Frame height={height} label={label} table={table}>{(width) => <Drawn {...props} width={width} />}</Frame>;
}

function Drawn({ lines, height, width, format, exact = format, ticks, names, hrefs }: LinesProps & { width: number }) {
  const p = plot(width, height, 34);
  const max = niceMax(Math.max(0, ...lines.flatMap((line) => line.values.map((value) => value ?? 0))));
  const across = width - p.left - p.right;
  const x = (i: number) => p.left + (names.length > 1 ? (across * i) / (names.length - 1) : across / 2);
  const y = (value: number) => height - p.bottom - (value / max) * (height - p.bottom - p.top);
  const step = across / Math.max(1, names.length - 1);
  return (
    <>
      <Axis plot={p} max={max} format={format} ticks={ticks} />
      {lines.map((line) => <Path key={line.name} line={line} x={x} y={y} />)}
      <Names plot={p} lines={lines} y={y} />
      {names.map((name, i) => known(lines, i) && (
        <Step key={i} plot={p} x={x(i) - step / 2} width={step} href={hrefs?.[i]}
          title={[name, ...lines.filter((line) => line.values[i] != null).map((line) => `${line.name} ${exact(line.values[i]!)}`)].join("\n")} />
      ))}
    </>
  );
}

type Scale = (value: number) => number;

/** A value between two gaps has no length, so it is drawn as a dot. */
function Path({ line, x, y }: { line: Line; x: Scale; y: Scale }) {
  const { values, color } = line;
  const paint = `var(${color})`;
  const d = values.map((value, i) => (value == null ? "" : `${values[i - 1] == null ? "M" : "L"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`)).join("");
  return (
    <>
      <path fill="none" stroke={paint} stroke-width="1.6" stroke-linejoin="round" d={d} />
      {values.map((value, i) => value != null && values[i - 1] == null && values[i + 1] == null && <circle key={i} cx={x(i)} cy={y(value)} r="2" fill={paint} />)}
    </>
  );
}

function Names({ plot: p, lines, y }: { plot: Plot; lines: Line[]; y: Scale }) {
  const ends = lines.flatMap((line) => {
    const last = line.values.findLast((value) => value != null);
    return last == null ? [] : [{ line, y: y(last) }];
  }).sort((a, b) => a.y - b.y);
  let above = -Infinity;
  return (
    <>
      {ends.map((end) => {
        above = Math.max(end.y + 3.5, above + 11);
        return <text key={end.line.name} class={`name ink${end.line.color}`} x={p.width - p.right + 5} y={above}>{end.line.name}</text>;
      })}
    </>
  );
}

function Step({ plot: p, x, width, href, title }: { plot: Plot; x: number; width: number; href?: string; title: string }) {
  const body = <><title>{title}</title><rect class="hit" x={x} y={p.top} width={width} height={p.height - p.bottom - p.top} fill="transparent" /></>;
  return <Spot to={href}>{body}</Spot>;
}

function known(lines: Line[], step: number): boolean {
  return lines.some((line) => line.values[step] != null);
}
