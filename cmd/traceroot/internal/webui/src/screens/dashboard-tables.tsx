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
import type { Kind, Metrics } from "../wire";
import { listHref, rowTerms, type Dimension, type Scope } from "./dashboard-data";
import { words } from "./dashboard-text";

type Row = Metrics["table"][number];
type Table = Dimension | "error";
interface Column { head: string; cell: (row: Row, all: Row[]) => ComponentChild }

interface Props { by: Dimension; scope: Scope; ask: (dimension: string) => string; round: number }

/** The dimension that the charts are split by has the large place; the others follow. */
export function Tables({ by, scope, ask, round }: Props) {
  const small = (["model", "agent", "user", "tool"] as const).filter((name) => name !== by);
  return (
    <>
      <Card table={by} size="c6" scope={scope} ask={ask} round={round} />
      <Card table="error" size="c6" scope={scope} ask={ask} round={round} />
      {small.map((name) => <Card key={name} table={name} size={small.length > 3 ? "c3" : "c4"} scope={scope} ask={ask} round={round} />)}
    </>
  );
}

const mostRows = 8;

function Card({ table, size, scope, ask, round }: { table: Table; size: "c3" | "c4" | "c6" } & Omit<Props, "by">) {
  const { data, error, reload } = useLoad<Metrics>(ask(table));
  useEffect(() => { if (round > 0) reload(); }, [round]);
  const all = data?.table.filter((row) => row.value !== "") ?? [];
  const [share, ...columns] = size === "c6" ? wide[table] : wide[table].filter((column) => !roomy.has(column.head));
  return (
    <section class={`card ${size}`}>
      <header><h2>{words.tables[table]}</h2></header>
      <div class="bd">
        <table class="tt">
          <thead><tr><th scope="col"><span class="sr">{words.tables[table]}</span></th><th scope="col">{share?.head}</th>{columns.map((one) => <th key={one.head} scope="col" class="num">{one.head}</th>)}</tr></thead>
          <tbody>{all.slice(0, mostRows).map((row) => <Line key={row.value} table={table} row={row} all={all} scope={scope} share={share} columns={columns} />)}</tbody>
        </table>
        {error && <p class="none">{error.message}</p>}
        {data && all.length === 0 && <p class="none">{words.none}</p>}
      </div>
    </section>
  );
}

function Line({ table, row, all, scope, share, columns }: { table: Table; row: Row; all: Row[]; scope: Scope; share: Column | undefined; columns: Column[] }) {
  const to = listHref([scope.q, ...rowTerms(table, row)], scope.from, scope.to);
  const kind: Kind | undefined = row.kind ?? kinds[table];
  return (
    <tr onClick={(e) => { if (!(e.target as Element).closest("a")) go(to); }}>
      <td class="first"><a href={to} title={visible(row.value)}>{kind && <Glyph kind={kind} size={11} />}<span class="ell">{visible(row.value)}</span></a></td>
      <td class="mini">{share?.cell(row, all)}</td>
      {columns.map((one) => <td key={one.head} class="num">{one.cell(row, all)}</td>)}
    </tr>
  );
}

const kinds: Partial<Record<Table, Kind>> = { model: "llm", agent: "agent", tool: "tool" };

const shareOf = (of: (row: Row) => number) => (row: Row, all: Row[]) => <Share part={of(row) / (all.reduce((sum, one) => sum + of(one), 0) || 1)} />;
const head = words.head;
const shareCost: Column = { head: head.shareCost, cell: shareOf((row) => row.cost) };
const cost: Column = { head: head.cost, cell: (row) => (row.cost === 0 && row.partial ? words.noPrice : usd(row.cost, row.partial)) };
const p95: Column = { head: head.p95, cell: (row) => (row.p95 === undefined ? "" : dur(row.p95)) };
const count = (name: string): Column => ({ head: name, cell: (row) => int(row.count) });

/** Above one in twenty is red; so is the largest count. */
const failedPart: Column = { head: head.failed, cell: (row) => { const part = row.failed / Math.max(1, row.count); return <span class={part > 0.05 ? "err" : ""}>{part === 0 ? "0 %" : pct(part)}</span>; } };
const failedCount: Column = { head: head.failed, cell: (row, all) => <span class={row.failed > 0 && row.failed === Math.max(...all.map((one) => one.failed)) ? "err" : ""}>{int(row.failed)}</span> };

const ofTraces = [shareCost, count(head.traces), p95, cost];
const wide: Record<Table, Column[]> = {
  model: [shareCost, count(head.calls), { head: head.first, cell: (row) => (row.ttft50 === undefined ? "" : dur(row.ttft50)) }, { head: head.rate, cell: (row) => (row.rate === undefined ? "" : int(row.rate)) }, failedPart, cost],
  agent: ofTraces,
  tag: ofTraces,
  user: [shareCost, count(head.traces), failedCount, cost],
  tool: [{ head: head.shareTime, cell: shareOf((row) => row.ms ?? row.count) }, count(head.calls), p95, failedPart],
  error: [{ head: head.shareFailures, cell: shareOf((row) => row.count) }, count(head.traces), { head: head.last, cell: (row) => (row.last ? ago(Date.parse(row.last), second.value) : "") }],
};

/** Columns that only a large table has room for. */
const roomy = new Set([head.first, head.rate]);
