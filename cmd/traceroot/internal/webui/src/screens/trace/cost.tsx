// The Tokens and cost tab: the arithmetic, what filled the prompt, and all model calls of the trace.
import { PartsBar } from "../../ui/charts-small";
import { dur, int, k, pct, usd } from "../../ui/format";
import { Glyph } from "../../ui/glyph";
import { Text, visible } from "../../ui/text";
import type { Span } from "../../wire";
import { cachedOf, costOf, firstTokenOf, inOf, nameOf, orderOf, outOf, type Model } from "./model";
import { fillingOf } from "./filling";
import type { Shown } from "./tabs";
import { selectSpan, type View } from "./view";

export function Cost({ v, m, index, span }: Shown) {
  return (
    <>
      {span.usage ? <Arithmetic m={m} index={index} span={span} usage={span.usage} /> : <p class="t2">No usage reported: neither the provider's answer nor the sender told how many tokens this call took.</p>}
      {span.usage && span.in.length > 0 && <Filled v={v} span={span} tokens={span.usage.in} />}
      <AllCalls v={v} m={m} index={index} />
    </>
  );
}

type Usage = NonNullable<Span["usage"]>;
interface Line { name: string; count: number; price: string | undefined; cost: number | undefined }

function linesOf(usage: Usage, cost: Span["cost"]): Line[] {
  const price = cost?.price;
  const fresh = usage.in - usage.cacheRead - usage.cacheWrite;
  const long = usage.cacheWrite1h;
  return [
    { name: "Input, not cached", count: fresh, price: price?.input, cost: cost?.input },
    { name: "Input, read from cache", count: usage.cacheRead, price: price?.cacheRead, cost: cost?.cacheRead },
    { name: long > 0 ? `Input, written to cache, ${int(long)} of it for 1 h at $${perMillion(price?.cacheWrite1h)}` : "Input, written to cache", count: usage.cacheWrite, price: price?.cacheWrite, cost: cost?.cacheWrite },
    { name: usage.reasoning > 0 ? `Output, ${int(usage.reasoning)} of it reasoning` : "Output", count: usage.out, price: price?.output, cost: cost?.output },
  ].filter((line, n) => n === 0 || n === 3 || line.count > 0);
}

// perMillion is a price per token, in decimal text, as one per million tokens.
const perMillion = (price: string | undefined) => (price ? (Number(price) * 1e6).toFixed(2) : "–");

function Arithmetic({ m, index, span, usage }: { m: Model; index: number; span: Span; usage: Usage }) {
  const { cost } = span;
  const whole = m.trace.row.cost;
  const adds = usage.cacheRead + usage.cacheWrite <= usage.in;
  return (
    <section>
      <h3>Cost of this call <span class="t3 ell">{cost ? (whole > 0 ? `${pct(cost.total / whole, 0)} of the trace` : "") : `no price for ${visible(span.model ?? "this model")}, set one`}</span></h3>
      <table class="cost">
        <thead><tr><th>Tokens</th><th class="num">Count</th><th class="num">Price per M</th><th class="num">Cost</th></tr></thead>
        <tbody>
          {linesOf(usage, cost).map((line) => (
            <tr key={line.name}>
              <td>{line.name}</td><td class="num">{int(line.count)}</td>
              <td class="num t2">{line.price ? `$${perMillion(line.price)}` : cost && line.count > 0 ? "as input" : ""}</td>
              <td class="num">{line.cost === undefined ? "" : `$${line.cost.toFixed(6)}`}</td>
            </tr>
          ))}
          <tr class="tot"><td>Total</td><td class="num">{int(usage.in + usage.out)}</td><td /><td class="num">{cost ? `$${cost.total.toFixed(6)}` : "no price"}</td></tr>
        </tbody>
      </table>
      <p class="t3 xs after">
        {usage.estimated ? "Counts are estimated by the sender, since the provider told none." : "Counts as the provider returned them."}
        {cost && ` Prices: ${cost.price.source.replace(/^https?:\/\//, "")}${cost.price.date ? `, ${cost.price.date}` : ""}, for ${visible(cost.price.model)}.`}
        {cost && withoutCache(usage, cost.price)}
        {!adds && <b class="err"> Usage inconsistent: the cached parts are more than the input.</b>}
        {orderOf(m, index) === 0 && " Not counted as a model call."}
      </p>
    </section>
  );
}

function withoutCache(usage: Usage, price: NonNullable<Span["cost"]>["price"]): string {
  if (usage.cacheRead + usage.cacheWrite === 0 || !price.input || !price.output) return "";
  return ` Without the cache this call would have cost $${(usage.in * Number(price.input) + usage.out * Number(price.output)).toFixed(6)}.`;
}

function Filled({ v, span, tokens }: { v: View; span: Span; tokens: number }) {
  const parts = fillingOf(v, span, tokens);
  const share = span.window ? ` of ${k(span.window)} tokens, ${pct(tokens / span.window)}` : " tokens";
  return (
    <section>
      <h3>What filled the prompt <span class="t3">{int(tokens)}{share}; parts by their length</span></h3>
      <PartsBar parts={parts} height={12} format={int} />
      <div class="key">{parts.map((p) => <span key={p.name}><i class={`sw sw${p.color}`} />{p.name} ≈ {int(p.value)}</span>)}</div>
    </section>
  );
}

function AllCalls({ v, m, index }: { v: View; m: Model; index: number }) {
  const row = m.trace.row;
  return (
    <section>
      <h3>Every model call of this trace</h3>
      <table class="cost">
        <thead><tr><th>Call</th><th class="num">In</th><th class="num">Cached</th><th class="num">Out</th><th class="num">First token</th><th class="num">Cost</th></tr></thead>
        <tbody>
          {near(m.trace.calls, index).map((i) => (
            <tr key={i} class={i === index ? "b" : ""}>
              <td><button class="row tight" onClick={() => selectSpan(v, i, true)}><Glyph kind="llm" /><span class="ell"><Text value={nameOf(m, i)} /></span> <span class="t3">#{orderOf(m, i)}</span></button></td>
              <td class="num">{int(inOf(m, i))}</td><td class="num t2">{int(cachedOf(m, i))}</td><td class="num">{int(outOf(m, i))}</td>
              <td class="num">{firstTokenOf(m, i) > 0 ? dur(firstTokenOf(m, i)) : ""}</td>
              <td class="num">{costOf(m, i) < 0 ? <span class="t3">no price</span> : usd(costOf(m, i))}</td>
            </tr>
          ))}
          <tr class="tot">
            <td>Total{m.trace.calls.length > most ? ` of ${int(m.trace.calls.length)}` : ""}</td>
            <td class="num">{int(row.in)}</td><td class="num">{int(row.cached ?? 0)}</td><td class="num">{int(row.out)}</td>
            <td /><td class="num">{usd(row.cost, row.partial)}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

const most = 100;

// near are the calls around one: a table of thousands helps nobody.
function near(calls: number[], index: number): number[] {
  if (calls.length <= most) return calls;
  const from = Math.min(Math.max(calls.indexOf(index) - most / 2, 0), calls.length - most);
  return calls.slice(from, from + most);
}
