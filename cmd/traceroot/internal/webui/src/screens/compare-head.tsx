// The two runs: which, when, how long, how dear; what the difference comes to; both on one time scale.
import { setParams, traceHref } from "../state/url";
import { clock, dur, int, usd } from "../ui/format";
import { Glyph } from "../ui/glyph";
import { Kbd } from "../ui/kbd";
import { Chip } from "../ui/chip";
import { Odd, visible } from "../ui/text";
import type { Compare, Row, Step } from "../wire";
import { failed, scale, totalsAgainst, type Side } from "./compare-data";
import { words } from "./compare-text";

export function Head({ compare }: { compare: Compare }) {
  const swap = () => setParams({ a: compare.b.id, b: compare.a.id });
  return (
    <div class="cmp hdc">
      <Run name="A" row={compare.a} version={compare.refs?.a} />
      <div class="mid"><button class="btn" onClick={swap}>{words.swap}</button><span class="t3 xs">{compare.sameInput ? words.sameInput : words.otherInput}</span></div>
      <Run name="B" row={compare.b} version={compare.refs?.b} />
    </div>
  );
}

const dayMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

function Run({ name, row, version }: { name: string; row: Row; version: string | undefined }) {
  const start = new Date(row.start);
  return (
    <div>
      <a class="row" href={traceHref(row.id)}>
        <span class="ab">{name}</span><Glyph kind="agent" state={row.status === "failed" ? "err" : row.status === "running" ? "run" : undefined} size={15} />
        <span class="b ell">{visible(row.agent || row.name)}</span><span class="mono t3 ell">{row.id.slice(0, 8)}</span><span class="grow" />
        <Outcome row={row} />
      </a>
      <div class="facts">
        <span class="o">{dayMonth.format(start)}, {clock(start)}</span><span>{row.ms === null ? words.running : dur(row.ms)}</span><span>{usd(row.cost, row.partial)}</span>
        <span class="o">{words.tokens(int(row.in), int(row.out))}</span>{version && <span class="o">{visible(version)}</span>}
      </div>
    </div>
  );
}

function Outcome({ row }: { row: Row }) {
  switch (row.status) {
    case "failed": return <Chip look="err">{words.failed}</Chip>;
    case "running": return <Chip look="live">{words.running}</Chip>;
    case "recovered": return <Chip look="hollow">{words.recovered}</Chip>;
    default: return <Chip look="strong">{words.answered}</Chip>;
  }
}

export function Summary({ compare, onNext }: { compare: Compare; onNext: () => void }) {
  return (
    <div class="sumd">
      <p class="grow">
        {compare.parts.map((part, i) => {
          const said = <Odd value={part.text} at={part.odd} />;
          if (part.code) return <span key={i} class="mono">{said}</span>;
          return i === 0 ? <b key={i} class="b">{said}</b> : <span key={i}>{said}</span>;
        })}
      </p>
      <span class="t2 nowrap s">{totalsAgainst(compare.a, compare.b, words.tokensIn)}</span>
      <button class="btn" onClick={onNext} disabled={compare.first < 0}>{words.difference} <Kbd keys="n" /></button>
    </div>
  );
}

export function Waterfalls({ compare, onSelect }: { compare: Compare; onSelect: (step: number) => void }) {
  const whole = scale(compare);
  return (
    <div class="wfs">
      {(["a", "b"] as const).map((side) => <Waterfall key={side} compare={compare} side={side} whole={whole} onSelect={onSelect} />)}
    </div>
  );
}

function Waterfall({ compare, side, whole, onSelect }: { compare: Compare; side: Side; whole: number; onSelect: (step: number) => void }) {
  const row = compare[side];
  const name = side.toUpperCase();
  const steps = compare.steps.flatMap((pair, i) => { const step = pair[side]; return step && (step.kind === "llm" || step.kind === "tool") ? [{ step, i }] : []; });
  const took = row.ms === null ? words.running : dur(row.ms);
  return (
    <>
      <b class="b">{name}</b>
      <svg width="100%" height="20" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label={words.waterfall(name, steps.length, took)}>
        <line x1="0" x2={((row.ms ?? whole) / whole) * 1000} y1="10" y2="10" stroke="var(--line2)" />
        {steps.map(({ step, i }) => (
          <rect key={i} x={(step.at / whole) * 1000} y={step.kind === "llm" ? 1 : 12} height="8" width={Math.max(2, (lasted(step, whole) / whole) * 1000 - 1)} fill={fill(step)} onClick={() => onSelect(i)}>
            <title>{`${visible(step.name)}, ${step.ms < 0 ? words.running : dur(step.ms)}`}</title>
          </rect>
        ))}
      </svg>
      <span class="num t2">{took}</span>
    </>
  );
}

const lasted = (step: Step, whole: number): number => (step.ms < 0 ? whole - step.at : step.ms);

const fill = (step: Step): string => (failed(step) ? "var(--err)" : step.status === "+" ? "var(--accent)" : `var(--k-${step.kind})`);
