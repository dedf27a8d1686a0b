// The Summary tab of an agent: where time and money went, who spent them, what went in and came out.
import { useMemo } from "preact/hooks";
import { PartsBar } from "../../ui/charts-small";
import { dur, int, pct, usd } from "../../ui/format";
import { Glyph } from "../../ui/glyph";
import { Text } from "../../ui/text";
import type { Span } from "../../wire";
import { Kept } from "./inout";
import { costOf, hasFailed, inOf, outOf, parentOf, tokensBelow, type Model } from "./model";
import { Payload } from "./paged";
import type { Shown } from "./tabs";
import { selectSpan, type View } from "./view";

type Totals = NonNullable<Span["summary"]>;

export function Summary({ v, m, index, span }: Shown) {
  return (
    <>
      {span.summary && <Time all={span.summary} />}
      {span.summary && span.summary.by.length > 0 && <Who v={v} m={m} index={index} all={span.summary} />}
      <section>
        <h3>In and out</h3>
        <div class="msgs">
          {span.input && <Side name="in" span={span} field="input" />}
          {span.output && <Side name="out" span={span} field="output" />}
          {!span.output && span.status === "ERROR" && <article class="msg"><header><b>out</b></header><div class="err body"><Text value={span.errors?.[0]?.message ?? span.message ?? "failed"} /></div></article>}
          {!span.input && !span.output && span.status !== "ERROR" && <p class="t2">Not captured. <span class="mono">CaptureInput</span> and <span class="mono">CaptureOutput</span> of this span, or <span class="mono">WithContent</span>, hide it, or there was none.</p>}
        </div>
      </section>
    </>
  );
}

function Time({ all }: { all: Totals }) {
  const parts = [
    { name: "waiting for the first token", value: all.waiting, color: "--c5" },
    { name: "model generating", value: all.generating, color: "--c1" },
    { name: "tools", value: all.tools, color: "--c2" },
    { name: "own code", value: all.own, color: "--c4" },
  ];
  return (
    <section>
      <h3>Where the time went <span class="t3">{dur(all.ms)}</span></h3>
      <PartsBar parts={parts} height={12} format={dur} />
      <div class="key">
        {parts.filter((p) => p.value > 0).map((p) => <span key={p.name}><i class={`sw sw${p.color}`} />{p.name} {dur(p.value)}, {pct(p.value / Math.max(all.ms, 1e-9), 0)}</span>)}
      </div>
    </section>
  );
}

function Who({ v, m, index, all }: { v: View; m: Model; index: number; all: Totals }) {
  const spent = useMemo(() => spentBelow(m, index), [m, index]);
  const calls = all.by.reduce((sum, by) => sum + by.count, 0);
  return (
    <section>
      <h3>Who did it</h3>
      <table class="cost">
        <thead><tr><th><span class="sr">Name</span></th><th class="num">Calls</th><th class="num">Failed</th><th class="num">Time</th><th class="num">Tokens</th><th class="num">Cost</th></tr></thead>
        <tbody>
          {all.by.map((by) => {
            const same = spent.get(keyOf(m, m.byId.get(by.span) ?? -1));
            const own = same?.count === by.count ? same : undefined; // else the name stands for others too
            return (
              <tr key={`${by.kind} ${by.name}`}>
                <td><button class="row tight" title="The longest of them" onClick={() => selectSpan(v, m.byId.get(by.span))}><Glyph kind={by.kind} size={11} /><span class="ell"><Text value={by.name} /></span></button></td>
                <td class="num">{int(by.count)}</td>
                <td class={own?.failed ? "num err" : "num t3"}>{own?.failed || ""}</td>
                <td class="num">{dur(by.ms)}</td>
                <td class="num t2">{own?.tokens ? int(own.tokens) : ""}</td>
                <td class="num">{own?.unpriced ? <span class="t3">no price</span> : by.cost > 0 ? usd(by.cost) : ""}</td>
              </tr>
            );
          })}
          <tr class="tot"><td>Total</td><td class="num">{int(calls)}</td><td /><td class="num">{dur(all.ms)}</td><td class="num">{int(tokensBelow(m, index))}</td><td class="num">{usd(all.cost, m.partial[index] === 1)}</td></tr>
        </tbody>
      </table>
    </section>
  );
}

interface Spent { count: number; failed: number; tokens: number; unpriced: boolean }

// keyOf is the same number for spans of one kind and name.
const keyOf = (m: Model, i: number) => (m.trace.spans.name[i] ?? -1) * 128 + m.trace.spans.kind.charCodeAt(i);

// spentBelow adds up what the columns know and the summary does not: failures and tokens by name.
function spentBelow(m: Model, top: number): Map<number, Spent> {
  const inside = new Uint8Array(m.count);
  inside[top] = 1;
  const all = new Map<number, Spent>();
  for (let i = top + 1; i < m.count; i++) {
    if (parentOf(m, i) < 0 || inside[parentOf(m, i)] !== 1) continue;
    inside[i] = 1;
    let sum = all.get(keyOf(m, i));
    if (!sum) all.set(keyOf(m, i), sum = { count: 0, failed: 0, tokens: 0, unpriced: false });
    sum.count++;
    sum.failed += Number(hasFailed(m, i));
    sum.tokens += inOf(m, i) + outOf(m, i);
    sum.unpriced ||= costOf(m, i) < 0;
  }
  return all;
}

function Side({ name, span, field }: { name: string; span: Span; field: "input" | "output" }) {
  const value = span[field];
  if (!value) return null;
  return (
    <article class="msg">
      <header><b>{name}</b><span class="grow" /><Kept span={span} field={field} value={value} /></header>
      <div class="body bare"><Payload value={value} kept={span.truncated?.[field] ? "cut by Limits.ValueBytes of the sender" : undefined} /></div>
    </article>
  );
}
