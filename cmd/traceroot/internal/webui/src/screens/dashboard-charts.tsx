// The five charts. Each column is a link to the traces of its time.
import type { ComponentChildren } from "preact";
import { useLoad } from "../state/api";
import { href } from "../state/url";
import { Key, StackedBars, type Series } from "../ui/charts";
import { TableButton } from "../ui/charts-axis";
import { Lines, type Line } from "../ui/charts-lines";
import { dur, int, k, usd } from "../ui/format";
import { visible } from "../ui/text";
import type { Histogram, Metrics, Totals } from "../wire";
import { column, columnNames, listHref, rowTerms, span, spike, stepText, timeTicks, totals, when, type Scope, type Span } from "./dashboard-data";
import { words } from "./dashboard-text";

interface Context { metrics: Metrics; scope: Scope; range: Span; total: Totals; tall: number; low: number; names: string[]; to: (step: number, terms?: string[], sort?: string) => string }

export function Charts({ metrics, scope }: { metrics: Metrics; scope: Scope }) {
  const range = span(metrics);
  const roomy = innerHeight > 1000;
  const to = (step: number, terms: string[] = [], sort = "") => listHref([scope.q, ...terms], ...column(range, step), sort);
  const context: Context = { metrics, scope, range, total: totals(metrics), tall: roomy ? 220 : 150, low: roomy ? 170 : 124, names: columnNames(range), to };
  return (
    <>
      <Cost {...context} />
      {metrics.all && <Latency {...context} />}
      <Tokens {...context} />
      {metrics.all && <Failures {...context} />}
      {metrics.all && <FirstToken {...context} />}
    </>
  );
}

function Card({ title, note, size, children }: { title: string; note: string; size: "c4" | "c6"; children: ComponentChildren }) {
  return <section class={`card ${size}`}><header><h2>{title}</h2><span class="t3 s ell">{note}</span><TableButton /></header><div class="bd">{children}</div></section>;
}

const colors = ["--c1", "--c2", "--c3", "--c5"];

/** The four largest, and the sum of the others. */
function largest(metrics: Metrics, of: (one: Metrics["series"][number]) => number[], format: (total: number) => string): (Series & { value: string | null })[] {
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const ordered = metrics.series.map((one) => ({ value: one.value, values: of(one), total: sum(of(one)) })).filter((one) => one.total > 0).sort((a, b) => b.total - a.total);
  const shown: { value: string | null; values: number[]; total: number; color: string }[] = ordered.slice(0, colors.length).map((one, i) => ({ ...one, color: colors[i]! }));
  const others = ordered.slice(colors.length);
  if (others.length > 0) {
    const values = others[0]!.values.map((_, i) => others.reduce((total, one) => total + (one.values[i] ?? 0), 0));
    shown.push({ value: null, values, total: sum(values), color: "--c4" });
  }
  return shown.map((one) => ({ name: `${one.value === null ? words.rest : visible(one.value) || words.without} ${format(one.total)}`, color: one.color, values: one.values, value: one.value }));
}

function Cost({ metrics, scope, range, total, tall, names, to }: Context) {
  const step = stepText(range.stepMs);
  const counts = metrics.by === "tool"; // a tool costs time, not money
  const series = counts ? largest(metrics, (one) => one.count, int) : largest(metrics, (one) => one.cost, usd);
  const links = series.map(({ value, ...one }) => ({ ...one, href: value ? listHref([scope.q, ...rowTerms(metrics.by, { value })], scope.from, scope.to) : undefined }));
  const sum = counts ? int(metrics.series.reduce((all, one) => all + one.count.reduce((a, b) => a + b, 0), 0)) : usd(total.cost, total.partial);
  const marks = metrics.marks?.map((mark) => ({ at: (Date.parse(mark.at) - range.from) / (range.to - range.from), text: visible(mark.text) })).filter((mark) => mark.at > 0 && mark.at < 1).slice(-3);
  return (
    <Card title={counts ? words.calls : words.cost} note={step} size="c6">
      <StackedBars series={series} height={tall} format={counts ? k : money} exact={counts ? int : usd} ticks={timeTicks(range, 4)} names={names} marks={marks} hrefs={names.map((_, i) => to(i, [], "-cost"))}
        label={(counts ? words.callsLabel : words.costLabel)(step, metrics.by, sum)} />
      <div class="key"><Key series={links} /></div>
    </Card>
  );
}

function Latency({ metrics, scope, range, total, tall, names, to }: Context) {
  const all = metrics.all!;
  const lines: Line[] = [{ name: "p95", color: "--c2", values: seconds(all.p95) }, { name: "p90", color: "--c3", values: seconds(all.p90) }, { name: "p50", color: "--c1", values: seconds(all.p50) }];
  return (
    <Card title={words.latency} note={words.seconds} size="c6">
      <Lines lines={lines} height={tall} format={axisSeconds} exact={(v) => dur(v * 1000)} ticks={timeTicks(range, 4)} names={names} hrefs={names.map((_, i) => to(i, [], "-latency"))} label={words.latencyLabel(ms(total.p50), ms(total.p95))} />
      <div class="key"><Key series={lines.toReversed()} lines /><span class="grow" /><SpikeLink values={all.p95} scope={scope} range={range} /></div>
    </Card>
  );
}

/** Says when the slowest were far above the usual, and how many they are. */
function SpikeLink({ values, scope, range }: { values: (number | null)[]; scope: Scope; range: Span }) {
  const found = spike(values);
  const from = found ? column(range, found.start)[0] : "";
  const to = found ? column(range, found.end - 1)[1] : "";
  const terms = [scope.q, found ? `latency:>${found.above}ms` : ""].filter(Boolean);
  const { data } = useLoad<Histogram>(found ? href("/api/ui/histogram", { q: terms.join(" "), from, to, buckets: "1" }) : undefined);
  if (!found || !data?.traces) return null;
  const whole = range.to - range.from;
  return <a class="link" href={listHref(terms, from, to, "-latency")}>{words.spike(when(Date.parse(from), whole, true), when(Date.parse(to), whole, true), data.traces, dur(found.above))}</a>;
}

function Tokens({ metrics, range, total, low, names, to }: Context) {
  const sum = (of: (one: Metrics["series"][number]) => number[]) => names.map((_, i) => metrics.series.reduce((all, one) => all + (of(one)[i] ?? 0), 0));
  const all = metrics.all ?? { in: sum((one) => one.in), out: sum((one) => one.out), cached: sum((one) => one.cached), written: [] };
  const series: Series[] = [
    { name: words.fromCache, color: "--c4", values: all.cached },
    { name: words.toCache, color: "--c5", values: all.written },
    { name: words.input, color: "--c1", values: all.in.map((n, i) => Math.max(0, n - (all.cached[i] ?? 0) - (all.written[i] ?? 0))) },
    { name: words.output, color: "--c2", values: all.out },
  ].filter((one) => one.values.some((n) => n > 0));
  return (
    <Card title={words.tokens} note={k(total.in + total.out)} size="c4">
      <StackedBars series={series} height={low} format={k} exact={int} ticks={timeTicks(range, 2)} names={names} hrefs={names.map((_, i) => to(i, [], "-tokens"))} label={words.tokensLabel(stepText(range.stepMs), k(total.in + total.out), k(total.cached))} />
      <div class="key"><Key series={series} /></div>
    </Card>
  );
}

function Failures({ metrics, scope, range, total, low, names, to }: Context) {
  const all = metrics.all!;
  const series: Series[] = [{ name: words.failed, color: "--err", values: all.failed }, { name: words.recovered, color: "--err", hollow: true, values: all.recovered }].map((one) => ({ ...one, name: one.name.toLowerCase() }));
  const keys = series.map((one, i) => ({ ...one, name: `${one.name} ${int(i ? total.recovered : total.failed)}`, href: listHref([scope.q, i ? "status:recovered" : "status:failed"], scope.from, scope.to) }));
  return (
    <Card title={words.failures} note={words.rootCauses} size="c4">
      <StackedBars series={series} height={low} format={(v) => (Number.isInteger(v) ? int(v) : v.toFixed(1))} exact={int} ticks={timeTicks(range, 2)} names={names} label={words.failuresLabel(stepText(range.stepMs), int(total.failed), int(total.recovered))}
        hrefs={names.map((_, i) => to(i, [all.failed[i] ? "status:failed" : "status:recovered"]))} />
      <div class="key"><Key series={keys} /></div>
    </Card>
  );
}

function FirstToken({ metrics, range, total, low, names, to }: Context) {
  const all = metrics.all!;
  const lines: Line[] = [{ name: "p95", color: "--c2", values: seconds(all.ttft95) }, { name: "p50", color: "--c1", values: seconds(all.ttft50) }];
  return (
    <Card title={words.first} note={words.seconds} size="c4">
      <Lines lines={lines} height={low} format={axisSeconds} exact={(v) => dur(v * 1000)} ticks={timeTicks(range, 2)} names={names} hrefs={names.map((_, i) => to(i, [], "-ttft"))} label={words.firstLabel(ms(total.ttft50), ms(total.ttft95))} />
      <div class="key"><Key series={lines.toReversed()} lines /></div>
    </Card>
  );
}

const seconds = (values: (number | null)[]): (number | null)[] => values.map((value) => (value === null ? null : value / 1000));
const ms = (value: number | undefined): string => (value === undefined ? words.none : dur(value));
const money = (v: number): string => (Number.isInteger(v) ? `$${int(v)}` : v >= 0.01 ? `$${v.toFixed(v < 0.1 && !Number.isInteger(v * 100) ? 3 : 2)}` : `$${Number(v.toPrecision(2))}`);
const axisSeconds = (v: number): string => (v >= 10 || Number.isInteger(v) ? v.toFixed(0) : v >= 1 || Number.isInteger(v * 10) ? v.toFixed(1) : v.toFixed(2));
