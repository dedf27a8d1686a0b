// Two runs: where they parted, and what differed before that.
import { useLoad } from "../state/api";
import { useKeys } from "../state/keys";
import { go, href, param, setParams, traceHref } from "../state/url";
import { text } from "../text";
import type { Compare } from "../wire";
import { nextDifference, stepOf } from "./compare-data";
import { Diffs } from "./compare-diff";
import { Head, Summary, Waterfalls } from "./compare-head";
import { Pick } from "./compare-pick";
import { Steps } from "./compare-steps";
import { Problem } from "./session-states";

export function CompareScreen() {
  const a = param("a"), b = param("b");
  return <div class="compare"><h1 class="sr">{text.nav.compare}</h1>{a && b ? <Pair key={`${a} ${b}`} a={a} b={b} /> : <Pick key={a || b} />}</div>;
}

function Pair({ a, b }: { a: string; b: string }) {
  const { data, error, loading, reload } = useLoad<Compare>(href("/api/ui/compare", { a, b, step: param("step") }));
  const selected = data ? stepOf(data, param("step")) : 0;
  const select = (step: number) => { if (data?.steps[step]) setParams({ step: String(step) }); };
  const jump = (by: 1 | -1) => { if (data) select(nextDifference(data.steps, selected, by)); };
  const open = () => {
    const pair = data?.steps[selected];
    if (pair?.a) go(traceHref(a, pair.a.span));
    else if (pair?.b) go(traceHref(b, pair.b.span));
  };
  const next = () => select(selected + 1), previous = () => select(selected - 1);
  useKeys({ j: next, ArrowDown: next, k: previous, ArrowUp: previous, n: () => jump(1), N: () => jump(-1), Enter: open, Escape: () => go("/traces") });

  if (!data) return error ? <div class="plain"><Problem error={error} retry={reload} /></div> : null;
  return (
    <>
      <Head compare={data} />
      <div class="body">
        <div>
          {error && <Problem error={error} retry={reload} />}
          <Summary compare={data} onNext={() => jump(1)} />
          <Waterfalls compare={data} onSelect={select} />
        </div>
        <Steps compare={data} selected={selected} onSelect={select} />
        <Diffs compare={data} stale={loading} />
      </div>
    </>
  );
}
