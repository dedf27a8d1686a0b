// What the session took: totals, how the context grew, which turn cost most, which tools were used.
import type { ComponentChildren } from "preact";
import { second } from "../state/clock";
import { quoted } from "../state/query";
import { href, traceHref } from "../state/url";
import { Key, StackedBars } from "../ui/charts";
import { TableButton } from "../ui/charts-axis";
import { clock, day, dur, int, k, pct, usd } from "../ui/format";
import { Glyph } from "../ui/glyph";
import { visible } from "../ui/text";
import type { Session } from "../wire";
import { contexts, summarize, toolsUsed, type Turn } from "./session-data";
import { words } from "./session-text";

export function Side({ session, onTurn }: { session: Session; onTurn: (turn: number) => void }) {
  return (
    <>
      <Facts session={session} />
      <ContextChart turns={session.turns} />
      <CostChart turns={session.turns} />
      <Tools turns={session.turns} onTurn={onTurn} />
    </>
  );
}

function Facts({ session }: { session: Session }) {
  const running = session.turns.some((turn) => turn.status === "running");
  const all = summarize(session, running ? second.value : 0);
  const first = new Date(all.first);
  const facts = words.facts;
  return (
    <dl class="kv">
      {all.users.map((user, i) => <Fact key={user} name={i ? "" : facts.user}><a class="link" href={href("/traces", { q: `user:${quoted(user)}` })}>{visible(user)}</a></Fact>)}
      <Fact name={facts.first}><span title={day(first)}>{clock(first)}</span></Fact>
      <Fact name={facts.lasted}>{dur(all.lasted)}</Fact>
      <Fact name={facts.busy}>{dur(all.busy)}</Fact>
      <Fact name={facts.cost}><b class="b">{usd(all.cost, all.partial)}</b></Fact>
      <Fact name={facts.in}>{int(all.in)}</Fact>
      {all.in > 0 && <Fact name={facts.cached}>{pct(all.cached / all.in, 0)}</Fact>}
      <Fact name={facts.out}>{int(all.out)}</Fact>
      {all.failed > 0 && (
        <Fact name={facts.failed}><a class="err" href={href("/traces", { q: `session:${quoted(session.row.id)} status:failed` })}>{words.failedOf(all.failed, session.turns.length)}</a></Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return <><dt>{name}</dt><dd>{children}</dd></>;
}

function ContextChart({ turns }: { turns: Turn[] }) {
  const calls = contexts(turns);
  if (calls.length === 0) return null;
  const last = calls.length;
  const series = [
    { name: words.cached, color: "--c4", values: calls.map((call) => call.cached) },
    { name: words.fresh, color: "--c1", values: calls.map((call) => call.fresh) },
  ];
  const most = Math.max(...calls.map((call) => call.cached + call.fresh));
  return (
    <div>
      <h3>{words.context}</h3><TableButton />
      <StackedBars series={series} height={110} format={k} exact={int} label={words.contextLabel(last, int(most))}
        ticks={last > 1 ? [{ at: 0.02, text: words.call(1) }, { at: 0.98, text: words.call(last) }] : [{ at: 0.5, text: words.call(1) }]}
        names={calls.map((_, i) => words.call(i + 1))} hrefs={calls.map((call) => traceHref(call.trace, call.step.span))} />
      <div class="key"><Key series={series} /></div>
    </div>
  );
}

function CostChart({ turns }: { turns: Turn[] }) {
  const costs = turns.map((turn) => turn.cost ?? 0);
  const most = Math.max(0, ...costs);
  if (most === 0) return null;
  const every = Math.ceil(turns.length / 8);
  const ticks = turns.map((_, i) => ({ at: (i + 0.5) / turns.length, text: i === 0 || i === turns.length - 1 ? `turn ${i + 1}` : String(i + 1) }))
    .filter((_, i) => i === 0 || i === turns.length - 1 || (i % every === 0 && i < turns.length - every));
  return (
    <div>
      <h3>{words.costs}</h3>
      <StackedBars series={[{ name: words.cost, color: "--c1", values: costs }]} height={90} format={(v) => `$${v.toFixed(most < 0.1 ? 3 : 2)}`} exact={usd}
        label={words.costsLabel(turns.length, usd(most), costs.indexOf(most) + 1)} ticks={ticks} names={turns.map((_, i) => words.turn(i + 1))} hrefs={turns.map((turn) => traceHref(turn.id))} />
    </div>
  );
}

function Tools({ turns, onTurn }: { turns: Turn[]; onTurn: (turn: number) => void }) {
  const used = toolsUsed(turns);
  if (used.length === 0) return null;
  return (
    <div>
      <h3>{words.tools}</h3>
      <dl class="kv">
        {used.map((tool) => (
          <>
            <dt class="row"><Glyph kind="tool" state={tool.failed ? "err" : undefined} size={11} /><button onClick={() => onTurn(tool.turn)}>{visible(tool.name)}</button></dt>
            <dd>{tool.count}{tool.failed > 0 && <span class="err"> {words.toolFailed(tool.failed)}</span>}</dd>
          </>
        ))}
      </dl>
    </div>
  );
}
