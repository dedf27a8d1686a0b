// The shape of a run at a glance: model calls above the line (thinking), tools below it (acting).
import type { Status } from "../wire";
import { text } from "../text";

export interface Segment { kind: "L" | "T"; from: number; to: number; error: boolean; recovered: boolean; open: boolean }

/** Reads the wire's form, "L0-285 T285-391e": from and to in thousandths. */
export function parseShape(shape: string): Segment[] {
  const segments: Segment[] = [];
  for (const [, kind, from, to, flags = ""] of shape.matchAll(/([LT])(\d+)-(\d+)([ero]*)/g)) {
    segments.push({
      kind: kind as "L" | "T", from: Number(from) / 1000, to: Number(to) / 1000,
      error: flags.includes("e"), recovered: flags.includes("r"), open: flags.includes("o"),
    });
  }
  return segments;
}

const width = 168;
const height = 22;
const middle = height / 2;

type Look = "llm" | "tool" | "err" | "run" | "hollow";

/** One path a colour: a row's shape costs five nodes however many segments it has. */
function paths(segments: Segment[]): Partial<Record<Look, string>> {
  const drawn: Partial<Record<Look, string>> = {};
  for (const s of segments) {
    const look: Look = s.recovered ? "hollow" : s.error ? "err" : s.open ? "run" : s.kind === "L" ? "llm" : "tool";
    const inset = look === "hollow" ? 0.6 : 0;
    const x = s.from * width + inset;
    const w = Math.max(1.6 + inset, (s.to - s.from) * width - 0.8 - 2 * inset);
    const y = (s.kind === "L" ? middle - 9 : middle + 2) + inset;
    const h = 7 - 2 * inset;
    drawn[look] = `${drawn[look] ?? ""}M${x.toFixed(1)} ${y}h${w.toFixed(1)}v${h}h${(-w).toFixed(1)}z`;
  }
  return drawn;
}

const fills: Record<Look, string> = { llm: "var(--k-llm)", tool: "var(--k-tool)", err: "var(--err)", run: "var(--accent)", hollow: "none" };

export function Shape({ shape, status }: { shape: string; status?: Status }) {
  const segments = parseShape(shape);
  const drawn = paths(segments);
  const calls = segments.filter((s) => s.kind === "L").length;
  return (
    <svg class="shape" width={width} height={height} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img"
      aria-label={text.shape(calls, segments.length - calls, status === "failed")}>
      <path d={`M0 ${middle}H${width}`} stroke="var(--line)" />
      {(Object.keys(fills) as Look[]).map((look) => (
        <path class={look === "run" ? "pulse" : ""} d={drawn[look] ?? ""} fill={fills[look]} stroke={look === "hollow" ? "var(--err)" : "none"} stroke-width="1.2" />
      ))}
    </svg>
  );
}
