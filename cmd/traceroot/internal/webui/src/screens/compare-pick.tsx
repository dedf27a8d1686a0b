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
import type { Offer, Offers, Row, RowPage } from "../wire";
import { words } from "./compare-text";
import { Blank, Problem } from "./session-states";

const listed = 50;

/** One of the two is in the address at most; the other one is picked here. */
export function Pick() {
  const known = param("a") || param("b");
  const side = param("a") ? "b" : "a";
  const likely = useLoad<Offers>(known ? href("/api/ui/compare", { a: known }) : undefined);
  const run = likely.data?.row;
  const recent = useLoad<RowPage>(known && !run ? undefined : href("/api/ui/traces", { q: run ? `name:${quoted(run.name)}` : "", limit: String(listed) }));
  const offered = likely.data?.offers ?? [];
  const others = (recent.data?.data ?? []).filter((row) => row.id !== known && !offered.some((offer) => offer.row.id === row.id));
  const all: Offer[] = [...offered, ...others.map((row) => ({ why: run ? words.others : words.recent, row }))];
  const [at, setAt] = useState(0);
  const choose = (offer: Offer | undefined) => { if (offer) setParams({ [side]: offer.row.id }, { push: true }); };
  const move = (by: number) => setAt(Math.max(0, Math.min(all.length - 1, at + by)));
  useKeys({ j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), Enter: () => choose(all[at]), Escape: () => (known ? setParams({ a: "", b: "" }) : false) });

  const error = likely.error ?? recent.error;
  if (likely.error?.status === 404) return <Blank title={words.gone}><a class="btn" href="/compare">{words.choose}</a></Blank>;
  if (recent.data && all.length === 0) return <Blank title={known ? words.alone : words.none} />;
  return (
    <div class="pick">
      <div><h2>{known ? words.chooseOther : words.choose}</h2>{!known && <p class="t2">{words.chooseFirst}</p>}</div>
      {run && <Candidate row={run} />}
      {error && <Problem error={error} retry={() => { likely.reload(); recent.reload(); }} />}
      {all.map((offer, i) => (
        <div key={offer.row.id}>
          {offer.why !== all[i - 1]?.why && <h3>{words.why[offer.why] ?? offer.why}</h3>}
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
