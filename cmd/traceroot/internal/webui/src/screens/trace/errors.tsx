// The Error tab: the chain of Go errors from the outermost to the cause, the source, and all attempts.
import { dur } from "../../ui/format";
import { Text } from "../../ui/text";
import type { ErrorLink } from "../../wire";
import { kindOf, msOf, nameOf, noteOf, startOf, statusOf, type Model } from "./model";
import { Code } from "./source";
import type { Shown } from "./tabs";
import { selectSpan, type View } from "./view";

export function Errors({ v, m, index, span }: Shown) {
  const chain = span.errors?.length ? span.errors : span.message ? [{ type: "", message: span.message }] : [];
  return (
    <>
      <section>
        <h3>Error chain <span class="t3">{chain.length > 1 ? "outermost first, cause last" : ""}</span></h3>
        {chain.length > 0 ? <Chain links={chain} /> : <p class="t2">The span failed without saying why.</p>}
      </section>
      {span.source?.file && <Code span={span} bad />}
      <Attempts v={v} m={m} index={index} />
    </>
  );
}

function Chain({ links }: { links: ErrorLink[] }) {
  return (
    <ol class="chain">
      {links.map((link, n) => {
        const cause = n === links.length - 1 && !link.causes?.length;
        return (
          <li key={n} class={cause ? "cause" : ""}>
            <span class="dotc" />
            <div class="col tight">
              <div class={cause ? "err b text" : "text"}><Text value={link.message} /></div>
              <div class="s t3 mono"><Text value={link.type} /></div>
              {link.causes?.map((branch, b) => <Chain key={b} links={branch} />)}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

// Attempts are the spans that tried the same and did not make it; of calls that tried something themselves, what they tried.
function Attempts({ v, m, index }: { v: View; m: Model; index: number }) {
  const tries = attemptsOf(m, index);
  if (tries.length < 2) return null;
  return (
    <section>
      <h3>Attempts</h3>
      <table class="cost">
        <thead><tr><th>Started</th><th>Span</th><th class="num">Status</th><th class="num">Took</th></tr></thead>
        <tbody>
          {tries.map((i) => (
            <tr key={i} class={i === index ? "b" : ""}>
              <td>+{dur(startOf(m, i))}</td>
              <td><button class="link mono" onClick={() => selectSpan(v, i, true)}><Text value={nameOf(m, i)} /></button></td>
              <td class={statusOf(m, i) === "!" || statusOf(m, i) === "^" ? "num err" : "num"}>{outcome(m, i)}</td>
              <td class="num">{dur(msOf(m, i))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const mostAttempts = 50;

function attemptsOf(m: Model, index: number): number[] {
  const same: number[] = [];
  for (let i = 0; i < m.count && same.length < mostAttempts; i++) {
    if (statusOf(m, i) !== "." && nameOf(m, i) === nameOf(m, index) && kindOf(m, i) === kindOf(m, index)) same.push(i);
  }
  const inside = same.flatMap((i) => m.kids[i] ?? []).filter((i) => statusOf(m, i) !== "." && m.kids[i] === undefined);
  return inside.length > 0 && kindOf(m, index) !== "agent" ? inside.slice(0, mostAttempts) : same;
}

function outcome(m: Model, i: number): string {
  const note = noteOf(m, i);
  if (statusOf(m, i) === "?") return note ? `${note}, retried` : "failed, recovered";
  if (statusOf(m, i) === ".") return note || "ok";
  return note || (statusOf(m, i) === "+" ? "running" : "failed");
}
