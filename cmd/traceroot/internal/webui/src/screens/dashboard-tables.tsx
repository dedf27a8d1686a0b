// Who: models, failures, agents, users, tools. A row leads to its traces.
import type { ComponentChild } from "preact";
import { useEffect } from "preact/hooks";
import { useLoad } from "../state/api";
import { second } from "../state/clock";
import { go } from "../state/url";
import { Share } from "../ui/charts-small";
import { ago, dur, int, pct, usd } from "../ui/format";
import { Glyph } from "../ui/glyph";
import { visible } from "../ui/text";
import type { Kind, MetricRow, Metrics } from "../wire";
import { listHref, rowTerm, type Dimension, type Scope } from "./dashboard-data";
import { words } from "./dashboard-text";

type Split = Dimension | "error";
interface Column { head: string; cell: (row: MetricRow, all: MetricRow[]) => ComponentChild }

interface Props { by: Dimension; split: Metrics | undefined; scope: Scope; ask: (dimension: string) => string; round: number }

/** The dimension that the charts are split by has the large place; the others follow. */
export function Tables({ by, split, scope, ask, round }: Props) {
  const small = (["model", "agent", "user", "tool"] as const).filter((name) => name !== by);
  return (
    <>
      <Card by={by} size="c6" scope={scope} data={split} />
      <Values by="error" size="c6" scope={scope} ask={ask} round={round} />
      {small.map((name) => <Values key={name} by={name} size={small.length > 3 ? "c3" : "c4"} scope={scope} ask={ask} round={round} />)}
    </>
  );
}

const mostRows = 8;

interface CardProps { by: Split; size: "c3" | "c4" | "c6"; scope: Scope }

function Values({ ask, round, ...card }: CardProps & Pick<Props, "ask" | "round">) {
  const { data, error, reload } = useLoad<Metrics>(ask(card.by));
  useEffect(() => { if (round > 0) reload(); }, [round]);
  return <Card {...card} data={data} problem={error?.message} />;
}

function Card({ by, size, scope, data, problem }: CardProps & { data: Metrics | undefined; problem?: string }) {
  const rows = data?.table.filter((row) => row.value !== "");
  const columns = columnsOf[by].filter((column) => size === "c6" || !roomy.has(column.head));
  const to = (row: MetricRow) => listHref([scope.q, rowTerm(by, row)], scope.from, scope.to);
  return <Table title={words.tables[by]} size={size} rows={rows} columns={columns} kind={kinds[by]} to={to} problem={problem} />;
}

interface TableProps { title: string; size: string; rows: MetricRow[] | undefined; columns: Column[]; kind: Kind | undefined; to: (row: MetricRow) => string; problem: string | undefined }

/** The first column is a bar: the part of the whole. */
function Table({ title, size, rows, columns, kind, to, problem }: TableProps) {
  return (
    <section class={`card ${size}`}>
      <header><h2>{title}</h2></header>
      <div class="bd">
        <table class="tt">
          <thead><tr><th scope="col"><span class="sr">{title}</span></th>{columns.map((column, i) => <th key={column.head} scope="col" class={i ? "num" : ""}>{column.head}</th>)}</tr></thead>
          <tbody>
            {rows?.slice(0, mostRows).map((row) => (
              <tr key={row.value} onClick={(e) => { if (!(e.target as Element).closest("a")) go(to(row)); }}>
                <td class="first"><a href={to(row)} title={visible(row.value)}><Sign kind={row.kind ?? kind} /><span class="ell">{visible(row.value)}</span></a></td>
                {columns.map((column, i) => <td key={column.head} class={i ? "num" : "mini"}>{column.cell(row, rows)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
        {problem && <p class="none">{problem}</p>}
        {rows?.length === 0 && <p class="none">{words.none}</p>}
      </div>
    </section>
  );
}

const Sign = ({ kind }: { kind: Kind | undefined }) => kind && <Glyph kind={kind} size={11} />;

const kinds: Partial<Record<Split, Kind>> = { model: "llm", agent: "agent", tool: "tool" };

const shareOf = (of: (row: MetricRow) => number) => (row: MetricRow, all: MetricRow[]) => <Share part={of(row) / (all.reduce((sum, one) => sum + of(one), 0) || 1)} />;
const head = words.head;
const shareCost: Column = { head: head.shareCost, cell: shareOf((row) => row.cost) };
const cost: Column = { head: head.cost, cell: (row) => (row.cost === 0 && row.partial ? words.noPrice : usd(row.cost, row.partial)) };
const p95: Column = { head: head.p95, cell: (row) => (row.p95 === undefined ? "" : dur(row.p95)) };
const count = (name: string): Column => ({ head: name, cell: (row) => int(row.count) });
const first: Column = { head: head.first, cell: (row) => (row.ttft50 === undefined ? "" : dur(row.ttft50)) };

/** More than one in twenty is red; of counts it is the largest. */
const failedPart: Column = { head: head.failed, cell: (row) => { const part = row.failed / Math.max(1, row.count); return <span class={part > 0.05 ? "err" : ""}>{part === 0 ? "0 %" : pct(part)}</span>; } };
const failedCount: Column = { head: head.failed, cell: (row, all) => <span class={row.failed > 0 && row.failed === Math.max(...all.map((one) => one.failed)) ? "err" : ""}>{int(row.failed)}</span> };

const ofTraces = [shareCost, count(head.traces), p95, cost];
const columnsOf: Record<Split, Column[]> = {
  model: [shareCost, count(head.calls), first, { head: head.rate, cell: (row) => (row.rate === undefined ? "" : int(row.rate)) }, failedPart, cost],
  agent: ofTraces,
  tag: ofTraces,
  user: [shareCost, count(head.traces), failedCount, cost],
  error: [{ head: head.shareFailures, cell: shareOf((row) => row.count) }, count(head.traces), { head: head.last, cell: (row) => (row.last ? ago(Date.parse(row.last), second.value) : "") }],
  tool: [{ head: head.shareTime, cell: shareOf((row) => row.ms ?? 0) }, count(head.calls), p95, failedPart],
};

/** Columns that only a large table has room for. */
const roomy = new Set([head.first, head.rate]);
