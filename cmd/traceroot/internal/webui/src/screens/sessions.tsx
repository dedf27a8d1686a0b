// The list of sessions, newest first.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, useLoad } from "../state/api";
import { second, tenth } from "../state/clock";
import { useEvents } from "../state/events";
import { useKeys } from "../state/keys";
import { go, param, remember, remembered } from "../state/url";
import { ago, dur, int, k, usd } from "../ui/format";
import { Icon } from "../ui/icon";
import { visible } from "../ui/text";
import { Virtual, type VirtualHandle } from "../ui/virtual";
import type { SessionPage, SessionRow } from "../wire";
import { Blank, Problem, useResync, useSlow } from "./session-states";
import { words } from "./session-text";

const rowHeight = 47, narrowRowHeight = 70; // as in session.css
const pageSize = 100;
const sessionHref = (id: string) => `/s/${encodeURIComponent(id)}`;
const narrow = matchMedia("(max-width: 720px)");

export function SessionsScreen() {
  const { rows, error, loading, reload, more } = useSessions();
  const [selected, setSelected] = useState(() => remembered<number>("session") ?? 0);
  const list = useRef<VirtualHandle | null>(null);
  const slow = useSlow(loading);
  const select = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setSelected(next);
    remember("session", next);
    list.current?.show(next);
  };
  const open = (index: number) => { const row = rows[index]; if (row) { remember("session", index); go(sessionHref(row.id)); } };
  const next = () => select(selected + 1), previous = () => select(selected - 1);
  useKeys({ j: next, ArrowDown: next, k: previous, ArrowUp: previous, Enter: () => open(selected), Home: () => select(0), End: () => select(rows.length - 1), Escape: () => go("/traces") });

  const columns = words.columns;
  return (
    <div class="sessions">
      <h1 class="sr">{words.sessions}</h1>
      <div class="sr-row head" aria-hidden="true">
        <span /><span>{columns.last}</span><span>{columns.asked}</span><span class="num">{columns.turns}</span><span class="num">{columns.lasted}</span><span class="num">{columns.tokens}</span><span class="num">{columns.cost}</span><span class="users">{columns.users}</span>
      </div>
      {error && <Problem error={error} retry={reload} />}
      {rows.length === 0 && !loading && !error ? <None /> : (
        <Virtual count={rows.length || (slow ? 12 : 0)} rowHeight={narrow.matches ? narrowRowHeight : rowHeight} label={words.sessions} active={`session-${selected}`} handle={list}
          version={`${rows.length} ${selected} ${loading}`} onRange={(_, last) => { if (last >= rows.length - 20) more(); }}
          row={(i) => <Item row={rows[i]} index={i} selected={i === selected} onOpen={() => open(i)} />} />
      )}
    </div>
  );
}

function Item({ row, index, selected, onOpen }: { row: SessionRow | undefined; index: number; selected: boolean; onOpen: () => void }) {
  if (!row) return <div class="sr-row item" />;
  const users = row.users ?? [];
  return (
    <a id={`session-${index}`} class={`sr-row item${selected ? " sel" : ""}`} role="option" aria-selected={selected} href={sessionHref(row.id)} tabIndex={-1} onClick={(e) => { if (!e.metaKey && !e.ctrlKey && !e.shiftKey) { e.preventDefault(); onOpen(); } }}>
      <span class="st">{row.running ? <span class="dot pulse g-run" role="img" aria-label={words.running} /> : row.failed > 0 && <span class="row" title={words.failed}><Icon name="err" />{row.failed}</span>}</span>
      <span class="at t2 s" title={row.last}>{row.running ? <span class="ok">{words.now}</span> : ago(Date.parse(row.last), second.value)}</span>
      <span class="col">
        <span class="nm"><b class="b nowrap">{visible(row.id)}</b><span class="ell">{visible(row.asked ?? "")}</span></span>
        <span class={`ell s ${row.failed === row.traces ? "err" : "t2"}`}>{visible(row.outcome ?? "")}</span>
      </span>
      <span class="num turnsn">{int(row.traces)}<span class="unit"> {words.turnUnit(row.traces)}</span></span>
      <span class="num lat">{dur(row.ms ?? Math.max(0, (row.running ? tenth.value : Date.parse(row.last)) - Date.parse(row.first)))}</span>
      <span class="num tok t2">{k(row.in)} / {k(row.out)}</span>
      <span class="num cst">{row.cost === null ? "" : usd(row.cost)}</span>
      <span class="users ell s t2" title={users.map(visible).join(", ")}>{users.map(visible).join(", ")}</span>
    </a>
  );
}

function None() {
  if (param("q")) return <Blank title={words.noneHere} />;
  return (
    <Blank title={words.none}>
      <p class="t2">{words.noneHow}</p>
      <pre class="code">{'ctx, span := traceroot.Start(ctx, "support-agent", traceroot.SessionID("sess_2291"))'}</pre>
    </Blank>
  );
}

/** Pages follow as the reader nears the end. Events ask for the first page again, and never move a row that is drawn below. */
function useSessions() {
  const q = param("q");
  const url = (cursor: string) => `/api/ui/sessions?limit=${pageSize}${q ? `&q=${encodeURIComponent(q)}` : ""}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
  const { data, error, loading, reload } = useLoad<SessionPage>(url(""));
  const [rest, setRest] = useState<{ q: string; rows: SessionRow[]; next: string | null }>({ q, rows: [], next: null });
  const asking = useRef(false);
  const later = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const cursor = rest.q === q && rest.rows.length > 0 ? rest.next : data?.next ?? null;
  const more = () => {
    if (!cursor || asking.current) return;
    asking.current = true;
    get<SessionPage>(url(cursor)).then((page) => setRest((now) => ({ q, rows: [...(now.q === q ? now.rows : []), ...page.data], next: page.next })), () => undefined).finally(() => { asking.current = false; });
  };
  useEvents(["traces"], (event) => {
    if (event.type !== "trace.gone" && (event.type !== "trace.row" || !event.row.session)) return;
    later.current ??= setTimeout(() => { later.current = undefined; reload(); }, 1000);
  });
  useResync(reload);
  useEffect(() => () => clearTimeout(later.current), []);
  const firsts = data?.data ?? [];
  const known = new Set(firsts.map((row) => row.id));
  const rows = rest.q === q ? [...firsts, ...rest.rows.filter((row) => !known.has(row.id))] : firsts;
  return { rows, error, loading: loading && !data, reload, more };
}
