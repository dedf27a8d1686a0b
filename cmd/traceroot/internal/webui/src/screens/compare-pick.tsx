// Which two runs: the one that went wrong, then the one to hold against it.
import { useState } from "preact/hooks";
import { useLoad } from "../state/api";
import { second } from "../state/clock";
import { useKeys } from "../state/keys";
import { quoted } from "../state/query";
import { href, param, setParams } from "../state/url";
import { ago, dur, usd } from "../ui/format";
import { Glyph } from "../ui/glyph";
import { visible } from "../ui/text";
import type { Row, RowPage } from "../wire";
import { offers, type Offer } from "./compare-data";
import { words } from "./compare-text";
import { Blank, Problem } from "./session-states";

const listed = 100;
const traces = (terms: string) => href("/api/ui/traces", { q: terms, limit: String(listed) });

/** One of the two is in the address at most; the other one is picked here. */
export function Pick() {
  const known = param("a") || param("b");
  const side = param("a") ? "b" : "a";
  const one = useLoad<RowPage>(known ? traces(`trace:${quoted(known)}`) : undefined);
  const run = one.data?.data[0];
  const likely = useLoad<RowPage>(known ? run && traces(`name:${quoted(run.name)}`) : traces(""));
  const all: Offer[] = run ? offers(run, likely.data?.data ?? []) : (likely.data?.data ?? []).map((row) => ({ why: "other", row }));
  const [at, setAt] = useState(0);
  const choose = (offer: Offer | undefined) => { if (offer) setParams({ [side]: offer.row.id }, { push: true }); };
  const move = (by: number) => setAt(Math.max(0, Math.min(all.length - 1, at + by)));
  useKeys({ j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), Enter: () => choose(all[at]), Escape: () => (known ? setParams({ a: "", b: "" }) : false) });

  const error = one.error ?? likely.error;
  if (known && one.data && !run) return <Blank title={words.gone}><a class="btn" href="/compare">{words.choose}</a></Blank>;
  if (likely.data && all.length === 0) return <Blank title={known ? words.alone : words.none} />;
  return (
    <div class="pick">
      <div><h2>{known ? words.chooseOther : words.choose}</h2>{!known && <p class="t2">{words.chooseFirst}</p>}</div>
      {run && <Candidate row={run} />}
      {error && <Problem error={error} retry={() => { one.reload(); likely.reload(); }} />}
      {all.map((offer, i) => (
        <div key={offer.row.id}>
          {offer.why !== all[i - 1]?.why && <h3>{run ? words.why[offer.why] : words.recent}</h3>}
          <Candidate row={offer.row} selected={at === i} onPick={() => choose(offer)} />
        </div>
      ))}
    </div>
  );
}

function Candidate({ row, selected, onPick }: { row: Row; selected?: boolean; onPick?: () => void }) {
  return (
    <button class={`cand${selected ? " sel" : ""}${onPick ? "" : " known"}`} disabled={!onPick} onClick={onPick}>
      <Glyph kind="agent" state={row.status === "failed" ? "err" : row.status === "running" ? "run" : undefined} size={14} />
      <span class="t2 s at">{ago(Date.parse(row.start), second.value)}</span>
      <span class="col">
        <span class="ell"><b class="b">{visible(row.agent || row.name)}</b> {visible(row.asked ?? "")}</span>
        <span class={`ell s ${row.status === "failed" ? "err" : "t2"}`}>{visible(row.outcome ?? "")}</span>
      </span>
      <span class="num">{row.ms === null ? words.running : dur(row.ms)}</span>
      <span class="num cst">{usd(row.cost, row.partial)}</span>
    </button>
  );
}
