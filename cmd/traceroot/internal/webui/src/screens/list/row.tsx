// One row of the list.
import { tenth } from "../../state/clock";
import { connection } from "../../state/events";
import { traceHref } from "../../state/url";
import { ago, dur, k, moment, usd } from "../../ui/format";
import { Icon } from "../../ui/icon";
import { Shape } from "../../ui/shape";
import { Text, visible } from "../../ui/text";
import type { Row as RowData } from "../../wire";
import { streamOf } from "./model";
import { listText as t } from "./texts";

interface Props { row: RowData; now: number; index: number; count: number; selected: boolean; marked: boolean }

export const rowId = (id: string): string => `row-${id}`;

export function Row({ row, now, index, count, selected, marked }: Props) {
  const running = row.status === "running";
  const start = Date.parse(row.start);
  return (
    <a class={`tr${selected ? " sel" : ""}${marked ? " marked" : ""}`} id={rowId(row.id)} href={traceHref(row.id)} data-id={row.id} tabIndex={-1}
      role="option" aria-selected={selected} aria-posinset={index + 1} aria-setsize={count} draggable={false}>
      <span class="st"><Signs row={row} /></span>
      <span class="at t2 s" title={moment(new Date(start))}>{running ? <span class="ok">{t.now}</span> : ago(start, now)}</span>
      <div class="mainc ell">
        <div class="nm"><b class="ell"><Text value={row.name} /></b><span class="ell t2 s asked"><Text value={line(row.asked)} /></span></div>
        <div class={`io ell${row.status === "failed" ? " err" : ""}`}><Outcome row={row} /></div>
      </div>
      <Shape shape={row.shape ?? ""} status={row.status} />
      <span class="num lat">{row.ms === null ? <Elapsed start={start} /> : dur(row.ms)}<span class="m-only t3"> · {costOf(row)}</span></span>
      <span class="num tokc t2">{row.in + row.out > 0 ? `${row.estimated ? "≈ " : ""}${k(row.in)} / ${k(row.out)}` : <span class="t3">{t.noUsage}</span>}</span>
      <span class="num cst">{costOf(row)}</span>
      <div class="who ell">
        <div class="ell">{row.user ? <Text value={row.user} /> : <span class="t3">{t.noUser}</span>}</div>
        <div class="ell t3 xs">{row.session ? <Text value={row.session} /> : t.spans(row.spans)}</div>
      </div>
      <div class="tags">
        {row.tags?.map((tag) => <span class="chip" title={visible(tag)}>{visible(tag)}</span>)}
        {row.env && row.env !== "dev" && <span class="chip strong" title={visible(row.env)}>{visible(row.env)}</span>}
      </div>
    </a>
  );
}

function Signs({ row }: { row: RowData }) {
  if (row.status === "running") return <span class="dot pulse g-run" role="img" aria-label={t.running} />;
  return (
    <>
      {row.status === "failed" && <span title={t.failed(row.failed ?? 1)}><Icon name="err" />{row.failed || ""}</span>}
      {!!row.recovered && <span title={t.recovered(row.recovered)}><Icon name="errh" />{row.recovered}</span>}
    </>
  );
}

function Outcome({ row }: { row: RowData }) {
  if (row.status !== "running") return <Text value={line(row.outcome)} />;
  const live = streamOf(row.id) ?? row.outcome;
  return <span class="ok">{live && <span class="stream"><Text value={line(live)} /></span>}<span class="caret" /></span>;
}

/** Time that runs, counted here; it stands still while the server is away. */
export function Elapsed({ start }: { start: number }) {
  const now = connection.value === "lost" ? tenth.peek() : tenth.value;
  return <span class="ok">{dur(Math.max(0, now - start))}</span>;
}

function costOf(row: RowData): string {
  if (row.cost === 0 && row.in + row.out === 0) return t.nothing;
  if (row.partial && row.cost === 0) return t.noPrice;
  return usd(row.cost, row.partial);
}

/** Texts of several lines stand in one. */
const line = (text = ""): string => text.replace(/\s+/g, " ").trim();
