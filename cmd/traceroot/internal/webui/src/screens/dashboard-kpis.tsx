// Six numbers with how they ran and how they changed. Each leads to the list of its traces.
import { dur, int, k, pct, usd } from "../ui/format";
import { Sparkline } from "../ui/charts-small";
import type { MetricRow, MetricTotal, Metrics } from "../wire";
import { blame, change, listHref, type Scope } from "./dashboard-data";
import { words } from "./dashboard-text";

interface Kpi { name: string; value: string; note: string; values: (number | null)[]; sort?: string; term?: string; bad?: boolean }

export function Kpis({ metrics, scope, stale }: { metrics: Metrics | undefined; scope: Scope; stale: boolean }) {
  return (
    <dl class={`card kpis${stale && metrics ? " stale" : ""}`}>
      {kpis(metrics).map((kpi) => (
        <div key={kpi.name} class="kpi">
          <dt>{kpi.name}</dt>
          <dd class={kpi.bad ? "err" : ""}><a href={listHref([scope.q, kpi.term ?? ""], scope.from, scope.to, kpi.sort)}>{kpi.value || "\u00a0"}</a></dd>
          <dd class="note-line" title={kpi.note}>{kpi.note}</dd>
          <Sparkline values={kpi.values} />
        </div>
      ))}
    </dl>
  );
}

function kpis(metrics: Metrics | undefined): Kpi[] {
  const all = metrics?.all;
  const total = metrics?.total;
  const before = total?.before;
  return [
    { name: words.cost, value: total ? usd(total.cost, total.partial) : "", note: total ? costNote(total, metrics.table) : "", values: all?.cost ?? [], sort: "-cost" },
    { name: words.traces, value: total ? int(total.count) : "", note: total ? change(total.count, before?.count) : "", values: all?.count ?? [] },
    { name: words.tokens, value: total ? k(total.in + total.out) : "", note: total?.in ? words.cachedPart(pct(total.cached / total.in, 0)) : "", values: all?.in.map((n, i) => n + (all.out[i] ?? 0)) ?? [], sort: "-tokens" },
    { name: words.latency50, value: total ? ms(total.p50) : "", note: slow(total?.p95, before?.p95), values: all?.p50 ?? [], sort: "-latency" },
    { name: words.first50, value: total ? ms(total.ttft50) : "", note: slow(total?.ttft95, before?.ttft95), values: all?.ttft50 ?? [], sort: "-ttft" },
    { name: words.failed, value: total ? pct(total.failed / Math.max(1, total.count)) : "", note: total ? words.failedCounts(int(total.failed), int(total.recovered)) : "", values: all?.failed ?? [], term: "status:failed", bad: (total?.failed ?? 0) > 0 },
  ];
}

const ms = (value: number | undefined): string => (value === undefined ? "–" : dur(value));

function costNote(total: MetricTotal, table: MetricRow[]): string {
  if (!total.before?.count) return "";
  const by = total.cost - total.before.cost;
  if (Math.abs(by) < 0.00005) return words.same;
  return [by > 0 ? words.up(usd(by)) : words.down(usd(-by)), blame(table, by > 0)].filter(Boolean).join(", ");
}

function slow(p95: number | undefined, before: number | undefined): string {
  if (p95 === undefined) return "";
  const by = before === undefined ? 0 : p95 - before;
  const moved = before !== undefined && Math.abs(by) > 0.05 * before ? `, ${by > 0 ? words.up(dur(by)) : words.down(dur(-by))}` : "";
  return words.p95(dur(p95)) + moved;
}
