// The five charts. Each column is a link to the traces of its time.
import type { ComponentChildren } from "preact";
import { Key, StackedBars, type Series } from "../ui/charts";
import { TableButton } from "../ui/charts-axis";
import { Lines, type Line } from "../ui/charts-lines";
import { dur, int, k, usd } from "../ui/format";
import { visible } from "../ui/text";
import type { MetricAll, MetricSeries, MetricTotal, Metrics } from "../wire";
import { column, columnNames, listHref, rowTerm, span, stepText, timeTicks, type Scope, type Span } from "./dashboard-data";
import { SpikeLink } from "./dashboard-spike";
import { words } from "./dashboard-text";

interface Context { metrics: Metrics; all: MetricAll; total: MetricTotal; scope: Scope; range: Span; tall: number; low: number; names: string[]; to: (terms: string, sort?: string) => string[] }

export function Charts({ metrics, scope }: { metrics: Metrics; scope: Scope }) {
  const { all, total } = metrics;
  if (!all || !total) return null;
  const range = span(metrics);
  const roomy = innerHeight > 1000;
  const names = columnNames(range);
  const to = (terms: string, sort = "") => names.map((_, i) => listHref([scope.q, terms], ...column(range, i), sort));
  const context: Context = { metrics, all, total, scope, range, tall: roomy ? 220 : 150, low: roomy ? 170 : 124, names, to };
  return <><Cost {...context} /><Latency {...context} /><Tokens {...context} /><Failures {...context} /><FirstToken {...context} /></>;
}

function Card({ title, note, size, children }: { title: string; note: string; size: "c4" | "c6"; children: ComponentChildren }) {
  return <section class={`card ${size}`}><header><h2>{title}</h2><span class="t3 s ell">{note}</span><TableButton /></header><div class="bd">{children}</div></section>;
}

const colors = ["--c1", "--c2", "--c3", "--c5"];
const others = "…"; // what the server calls those that it does not tell one by one

interface Part extends Series { value: string | null; total: number } // value is null for the others

/** The four largest, and the sum of the others. */
function largest({ series }: Metrics, of: (one: MetricSeries) => number[]): Part[] {
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const ordered = series.map((one) => ({ value: one.value, values: of(one), total: sum(of(one)) })).filter((one) => one.total > 0).sort((a, b) => b.total - a.total);
  const named = ordered.filter((one) => one.value !== others).slice(0, colors.length);
  const rest = ordered.filter((one) => !named.includes(one));
  const parts: Part[] = named.map((one, i) => ({ ...one, name: visible(one.value) || words.without, color: colors[i] ?? "--c4" }));
  if (rest.length > 0) {
    const values = (rest[0]?.values ?? []).map((_, i) => rest.reduce((all, one) => all + (one.values[i] ?? 0), 0));
    parts.push({ name: words.rest, value: null, values, total: sum(values), color: "--c4" });
  }
  return parts;
}

function Cost({ metrics, total, scope, range, tall, names, to }: Context) {
  const step = stepText(range.stepMs);
  const counted = metrics.by === "tool"; // a tool costs time, not money
  const format = counted ? int : usd;
  const parts = largest(metrics, (one) => (counted ? one.count : one.cost));
  const row = (value: string) => metrics.table.find((one) => one.value === value) ?? { value };
  const links = parts.map(({ name, color, value, total: sum }) => ({ name: `${name} ${format(sum)}`, color, href: value ? listHref([scope.q, rowTerm(metrics.by, row(value))], scope.from, scope.to) : undefined }));
  const sum = counted ? int(parts.reduce((all, part) => all + part.total, 0)) : usd(total.cost, total.partial);
  const marks = metrics.marks?.map((mark) => ({ at: (Date.parse(mark.at) - range.from) / (range.to - range.from), text: visible(mark.text) })).filter((mark) => mark.at > 0 && mark.at < 1).slice(-3);
  return (
    <Card title={counted ? words.calls : words.cost} note={step} size="c6">
      <StackedBars series={parts} height={tall} format={counted ? k : money} exact={format} ticks={timeTicks(range, 5)} names={names} marks={marks} hrefs={to("", "-cost")} label={(counted ? words.callsLabel : words.costLabel)(step, metrics.by, sum)} />
      <div class="key"><Key series={links} /></div>
    </Card>
  );
}

function Latency({ all, total, scope, range, tall, names, to }: Context) {
  const lines: Line[] = [{ name: "p95", color: "--c2", values: seconds(all.p95) }, { name: "p90", color: "--c3", values: seconds(all.p90) }, { name: "p50", color: "--c1", values: seconds(all.p50) }];
  return (
    <Card title={words.latency} note={words.seconds} size="c6">
      <Lines lines={lines} height={tall} format={axisSeconds} exact={exactSeconds} ticks={timeTicks(range, 5, true)} names={names} hrefs={to("", "-latency")} label={words.latencyLabel(ms(total.p50), ms(total.p95))} />
      <div class="key"><Key series={lines.toReversed()} lines /><span class="grow" /><SpikeLink values={all.p95} scope={scope} range={range} /></div>
    </Card>
  );
}

function Tokens({ all, total, range, low, names, to }: Context) {
  const series: Series[] = [
    { name: words.fromCache, color: "--c4", values: all.cached },
    { name: words.input, color: "--c1", values: all.in.map((n, i) => Math.max(0, n - (all.cached[i] ?? 0))) },
    { name: words.output, color: "--c2", values: all.out },
  ].filter((one) => one.values.some((n) => n > 0));
  return (
    <Card title={words.tokens} note={k(total.in + total.out)} size="c4">
      <StackedBars series={series} height={low} format={k} exact={int} ticks={timeTicks(range, 3)} names={names} hrefs={to("", "-tokens")} label={words.tokensLabel(stepText(range.stepMs), k(total.in + total.out), k(total.cached))} />
      <div class="key"><Key series={series} /></div>
    </Card>
  );
}

function Failures({ all, total, scope, range, low, names, to }: Context) {
  const series: Series[] = [{ name: words.failedTraces, color: "--err", values: all.failed }, { name: words.recovered, color: "--err", hollow: true, values: all.recovered }];
  const list = (status: string) => listHref([scope.q, `status:${status}`], scope.from, scope.to);
  const keys = [{ name: `${words.failedTraces} ${int(total.failed)}`, color: "--err", href: list("failed") }, { name: `${words.recovered} ${int(total.recovered)}`, color: "--err", hollow: true, href: list("recovered") }];
  return (
    <Card title={words.failures} note={words.rootCauses} size="c4">
      <StackedBars series={series} height={low} format={(v) => (Number.isInteger(v) ? int(v) : "")} exact={int} ticks={timeTicks(range, 3)} names={names} hrefs={to("status:failed,recovered")} label={words.failuresLabel(stepText(range.stepMs), int(total.failed), int(total.recovered))} />
      <div class="key"><Key series={keys} /></div>
    </Card>
  );
}

function FirstToken({ all, total, range, low, names, to }: Context) {
  const lines: Line[] = [{ name: "p95", color: "--c2", values: seconds(all.ttft95) }, { name: "p50", color: "--c1", values: seconds(all.ttft50) }];
  return (
    <Card title={words.first} note={words.seconds} size="c4">
      <Lines lines={lines} height={low} format={axisSeconds} exact={exactSeconds} ticks={timeTicks(range, 3, true)} names={names} hrefs={to("", "-ttft")} label={words.firstLabel(ms(total.ttft50), ms(total.ttft95))} />
      <div class="key"><Key series={lines.toReversed()} lines /></div>
    </Card>
  );
}

const seconds = (values: (number | null)[]): (number | null)[] => values.map((value) => (value === null ? null : value / 1000));
const exactSeconds = (v: number): string => dur(v * 1000);
const ms = (value: number | undefined): string => (value === undefined ? words.none : dur(value));
const axisSeconds = (v: number): string => (v >= 10 || Number.isInteger(v) ? v.toFixed(0) : v >= 1 || Number.isInteger(v * 10) ? v.toFixed(1) : v.toFixed(2));

/** "$0.25", "$2", "$0.0005": whole dollars and cents as such, less than a cent with two digits that matter. */
function money(v: number): string {
  if (Number.isInteger(v)) return `$${int(v)}`;
  const cents = v * 100;
  return Math.abs(cents - Math.round(cents)) < 1e-9 ? `$${v.toFixed(2)}` : `$${Number(v.toPrecision(2))}`;
}
