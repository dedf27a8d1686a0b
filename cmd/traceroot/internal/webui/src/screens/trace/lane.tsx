// The waterfall's part of a row.
import { dur } from "../../ui/format";
import { at, bar, percent } from "./at";
import { density, measure } from "./groups";
import { endOf, firstTokenOf, hasFailed, isRunning, kindOf, startOf, statusOf, type Group, type Model } from "./model";
import { ticks, type Scale } from "./scale";
import type { View } from "./view";

export function Lane({ v, m, span }: { v: View; m: Model; span: number }) {
  const scale = v.scale.value;
  const from = startOf(m, span);
  const to = endOf(m, span, isRunning(m, span) ? v.now.value : 0);
  const a = scale.at(from), b = scale.at(to);
  if (b < 0 || a > 1) return <Beyond left={b < 0} />;
  if (kindOf(m, span) === "llm") return <ModelBar v={v} m={m} span={span} a={a} b={b} />;
  return <span class={`bar ${barClass(m, span)}`} ref={at(bar(a, b))} />;
}

function barClass(m: Model, span: number): string {
  const kind = kindOf(m, span);
  const open = isRunning(m, span) ? "run open " : "";
  if (kind === "agent") return `${open}thin b-agent`;
  if (statusOf(m, span) === "?") return "hollow";
  return `${open}${kind === "span" ? "low " : ""}${hasFailed(m, span) ? "b-err" : `b-${kind}`}`;
}

// The hollow part is waiting, the tick is the first token, the full part is generation.
function ModelBar({ v, m, span, a, b }: { v: View; m: Model; span: number; a: number; b: number }) {
  const first = firstTokenOf(m, span);
  const open = isRunning(m, span) ? "run open" : "";
  const bad = hasFailed(m, span) ? "b-err" : "";
  if (statusOf(m, span) === "?") return <span class="bar hollow" ref={at(bar(a, b))} />;
  if (!(first > 0)) {
    return <span class={`bar ${isRunning(m, span) ? "wait run-wait open" : `gen ${bad}`}`} ref={at(bar(a, b))} />;
  }
  const token = v.scale.value.at(startOf(m, span) + first);
  return (
    <>
      <span class="bar wait" ref={at(bar(a, token))} />
      <span class={`bar gen ${open} ${bad}`} ref={at(bar(token, b))} />
      <span class="tick" ref={at({ left: percent(token) })} title={`first token after ${dur(first)}`} />
    </>
  );
}

const Beyond = ({ left }: { left: boolean }) => <span class={`beyond ${left ? "left" : "right"}`} aria-hidden="true">{left ? "‹" : "›"}</span>;

const parts = 60;

export function GroupLane({ v, m, group }: { v: View; m: Model; group: Group }) {
  const { from, to } = measure(m, group);
  const scale = v.scale.value;
  const a = scale.at(from), b = scale.at(to);
  if (b < 0 || a > 1) return <Beyond left={b < 0} />;
  const counts = density(m, group, parts);
  const most = Math.max(...counts, 1);
  const d = counts.map((n, i) => {
    const h = n === 0 ? 0 : 2 + (10 * n) / most;
    return h ? `M${i} 12v-${h.toFixed(1)}h1.02v${h.toFixed(1)}z` : "";
  }).join("");
  return (
    <svg class={`dens k-${group.kind}`} ref={at(bar(a, b))} height="12" viewBox="0 0 60 12" preserveAspectRatio="none" aria-hidden="true">
      <path d={d} fill="currentColor" />
    </svg>
  );
}

/** The round times and the folded waits behind the bars: one background for the lanes of all rows. */
export function grid(scale: Scale): string {
  const line = "linear-gradient(var(--line), var(--line))", hatch = "repeating-linear-gradient(90deg, transparent 0 2px, var(--line) 2px 3px)";
  const lines = ticks(scale).filter((t) => scale.at(t) > 0.001).map((t) => `${line} ${percent(scale.at(t))} 0 / 1px 100% no-repeat`);
  const waits = scale.gaps.map((g) => {
    const from = scale.at(g.from), width = scale.at(g.to) - from;
    // The place of a background is a share of the room that it leaves.
    return `${hatch} ${percent(from / Math.max(1 - width, 1e-6))} 0 / ${percent(width)} 100% no-repeat`;
  });
  return [...lines, ...waits].join(", ") || "none";
}
