// The detail of a group: percentiles, a histogram, those that stand out and what they share, and all of its spans.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { useLoad } from "../../state/api";
import { dur, int, usd } from "../../ui/format";
import { Glyph } from "../../ui/glyph";
import { Text } from "../../ui/text";
import type { GroupDetail as Wire, Span } from "../../wire";
import { Fact } from "./facts";
import { Histogram } from "./histogram";
import { durationsOf, measure } from "./groups";
import { idOf, isRunning, msOf, nameOf, noteOf, startOf, statusOf, type Group, type Model } from "./model";
import { groupKey } from "./rows";
import { SourceLine } from "./source";
import { SpanList } from "./spanlist";
import { selectSpan, turn, type View } from "./view";

interface Props { v: View; m: Model; group: Group }

export function GroupDetail({ v, m, group }: Props) {
  const spans = v.tab.value === "spans";
  const range = useSignal<[number, number] | null>(null);
  const open = v.turned.value.has(groupKey(group.id));
  const one = useLoad<Span>(`/api/ui/spans/${idOf(m, group.members[0] ?? -1)}?trace=${v.id}`).data;
  return (
    <>
      <div class="ph tall">
        <Glyph kind={group.kind} size={15} />
        <h2 class="ell"><Text value={group.name} /></h2>
        <span class="grp">× {int(group.members.length)}</span>
        <span class="grow" />
        <button class="btn" onClick={() => turn(v, groupKey(group.id))}>{open ? "Fold" : "Unfold"} <kbd aria-hidden="true">{open ? "h" : "l"}</kbd></button>
      </div>
      <div class="ph">
        <div class="tabs" role="tablist" aria-label="Detail of the group">
          <button role="tab" aria-selected={!spans} title="Group (1)" onClick={() => { v.tab.value = "group"; }}>Group</button>
          <button role="tab" aria-selected={spans} title="Spans (2)" onClick={() => { v.tab.value = "spans"; }}>Spans <span class="n">{int(group.members.length)}</span></button>
        </div>
      </div>
      {spans ? <SpanList v={v} m={m} group={group} range={range} /> : (
        <div class="scroll dt" tabIndex={0} role="tabpanel" aria-label="Group">
          {one?.source && <SourceLine span={one} source={one.source} />}
          <Numbers m={m} group={group} />
          <section>
            <h3>Duration <span class="t3">logarithmic, drag to select</span></h3>
            <Histogram m={m} group={group} onSelect={(from, to) => { range.value = [from, to]; v.tab.value = "spans"; }} />
          </section>
          <StandOut v={v} m={m} group={group} />
        </div>
      )}
    </>
  );
}

function Numbers({ m, group }: { m: Model; group: Group }) {
  const all = measure(m, group);
  const took = useMemo(() => durationsOf(m, group), [m, group]);
  return (
    <section>
      <h3>{int(group.members.length)} spans of one shape <span class="t3">{group.parent < 0 ? "same kind and name, below one group" : "same parent, kind and name"}</span></h3>
      <dl class="facts">
        <Fact name="p50">{dur(took.p50)}</Fact>
        <Fact name="p95">{dur(took.p95)}</Fact>
        <Fact name="Longest">{dur(took.max)}</Fact>
        <Fact name="Sum">{dur(took.sum)}</Fact>
        <Fact name="At once">{took.atOnce > 1 ? `up to ${int(took.atOnce)}` : "1"}</Fact>
        {all.failed > 0 && <Fact name="Failed"><span class="err">{int(all.failed)}</span></Fact>}
        {all.recovered > 0 && <Fact name="Recovered"><span class="err">{int(all.recovered)}</span></Fact>}
        {all.running > 0 && <Fact name="Running"><span class="ok">{int(all.running)}</span></Fact>}
        {all.tokens > 0 && <Fact name="Tokens">{int(all.tokens)}</Fact>}
        {all.cost > 0 && <Fact name="Cost">{usd(all.cost, all.partial)}</Fact>}
      </dl>
    </section>
  );
}

const most = 8;

function StandOut({ v, m, group }: Props) {
  const known = useLoad<Wire>(group.id.includes(".") ? undefined : `/api/ui/traces/${v.id}/groups/${group.id}`).data;
  const odd = oddest(m, group, known?.slowest ?? []);
  if (odd.length === 0) return <p class="t2">None of them stands out.</p>;
  return (
    <section>
      <h3>Those that stand out</h3>
      <table class="cost">
        <thead><tr><th>Span</th><th>Started</th><th class="num">Status</th><th class="num">Took</th></tr></thead>
        <tbody>
          {odd.map((i) => (
            <tr key={i}>
              <td><button class="row tight" onClick={() => selectSpan(v, i)}><Glyph kind={group.kind} size={11} /><span class="link"><Text value={nameOf(m, i)} /></span> <span class="t3">{group.members.indexOf(i) + 1}</span></button></td>
              <td class="t2">+{dur(startOf(m, i))}</td>
              <td class={statusOf(m, i) === "." ? "num t3" : "num err"}>{noteOf(m, i) || words[statusOf(m, i)] || ""}</td>
              <td class="num">{isRunning(m, i) ? "running" : dur(msOf(m, i))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {known?.shared.map((s) => (
        <p class="t3 xs after" key={`${s.key} ${s.value}`}>
          {int(s.having)} of the {int(s.of)} {s.among === "failed" ? "failed" : "slow"} ones share <span class="mono"><Text value={`${s.key}: ${s.value}`} /></span>{s.others > 0 ? `, and ${int(s.others)} of the others` : ""}.
        </p>
      ))}
    </section>
  );
}

const words: Record<string, string> = { "!": "failed", "^": "failed", "?": "recovered" };

// oddest are those that failed and those that the server found to be slow, longest first.
function oddest(m: Model, group: Group, slow: string[]): number[] {
  const named = new Set(slow);
  const odd = group.members.filter((i) => named.has(idOf(m, i)) || (statusOf(m, i) !== "." && !isRunning(m, i)));
  return odd.sort((a, b) => msOf(m, b) - msOf(m, a)).slice(0, most);
}
