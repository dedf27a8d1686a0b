// The head of the screen: what the trace is, what it took, and where to go from here.
import type { ComponentChildren } from "preact";
import { href } from "../../state/url";
import { dur, int, moment, usd } from "../../ui/format";
import { Glyph } from "../../ui/glyph";
import { Icon } from "../../ui/icon";
import { Text } from "../../ui/text";
import type { Row } from "../../wire";
import { CopyMenu } from "./copymenu";
import { kindOf, type Model } from "./model";
import { neighbour, toList } from "./neighbours";
import { VerdictBar } from "./verdict";
import type { View } from "./view";

export function Header({ v, m }: { v: View; m: Model }) {
  const { row, turn, previous } = m.trace;
  const version = [row.env, m.trace.gitRef?.slice(0, 7)].filter(Boolean).join(", ");
  return (
    <div class="hd">
      <div class="row top-row">
        <button class="btn quiet back" aria-label="Back to the list, filters kept" title="Back to the list (Esc)" onClick={toList}><Icon name="back" size={14} /></button>
        <Glyph kind={m.count > 0 ? kindOf(m, 0) : "span"} state={row.status === "running" ? "run" : row.status === "failed" ? "err" : undefined} size={16} />
        <h1><Text value={row.name} /></h1>
        <dl class="facts grow">
          <Fact name="Start">{moment(new Date(row.start))}</Fact>
          <Fact name="Duration"><Took v={v} row={row} /></Fact>
          <Fact name="Cost"><b class="b t1">{row.cost > 0 || row.in + row.out > 0 ? usd(row.cost, row.partial) : "no usage"}</b></Fact>
          <Fact name="Tokens" class="o1">{int(row.in)} in{row.cached !== undefined && row.in > 0 && <span class="t3"> ({int(row.cached)} cached)</span>}, {int(row.out)} out</Fact>
          <Fact name="User" class="o1">{row.user ? <a class="quiet-link" href={href("/traces", { q: `user:${row.user}` })}><Text value={row.user} /></a> : "no user"}</Fact>
          <Fact name="Session" class="o1">
            {turn ? <><a class="link" href={href(`/s/${encodeURIComponent(turn.session)}`, { turn: String(turn.index + 1) })}><Text value={turn.session} /></a>, turn {turn.index + 1} of {turn.of}</>
              : row.session ? <a class="link" href={`/s/${encodeURIComponent(row.session)}`}><Text value={row.session} /></a> : "no session"}
          </Fact>
          {version && <Fact name="Environment and version" class="o2"><Text value={version} /></Fact>}
        </dl>
        <button class="btn quiet" aria-label="Previous trace" title="Previous trace of the list ([)" onClick={() => neighbour(v.id, -1)}><Icon name="left" /></button>
        <button class="btn quiet" aria-label="Next trace" title="Next trace of the list (])" onClick={() => neighbour(v.id, 1)}><Icon name="right" /></button>
        <a class="btn" href={href("/compare", previous ? { a: previous, b: row.id } : { a: row.id })} title={previous ? "Compare with the last good run of this agent" : "Compare with another trace"}>Compare</a>
        <CopyMenu v={v} m={m} />
      </div>
      <VerdictBar v={v} m={m} />
    </div>
  );
}

const Fact = ({ name, class: extra, children }: { name: string; class?: string; children: ComponentChildren }) => (
  <div class={extra}><dt class="sr">{name}</dt><dd>{children}</dd></div>
);

function Took({ v, row }: { v: View; row: Row }) {
  if (row.ms === null) return <b class="b ok">{dur(v.now.value)}</b>;
  return <b class="b t1">{dur(row.ms)}</b>;
}
