import { dur, int, usd } from "../../ui/format";
import type { Histogram } from "../../wire";
import { listText as t } from "./texts";

/** The sums over all that matches, seen or not. */
export function Totals({ data, dim }: { data: Histogram | undefined; dim: boolean }) {
  const time = (ms: number | null | undefined) => (ms === null || ms === undefined ? "–" : short(ms));
  return (
    <dl class={dim ? "dim" : ""}>
      <div><dt>{t.totals.traces}</dt><dd>{data ? int(data.traces) : "–"}</dd></div>
      <div><dt>{t.totals.failed}</dt><dd class={data?.failedTotal ? "err" : ""}>{data ? int(data.failedTotal) : "–"}</dd></div>
      <div><dt>{t.totals.cost}</dt><dd>{data ? usd(data.cost, data.partial) : "–"}</dd></div>
      <div><dt>{t.totals.p50}</dt><dd>{time(data?.p50)}</dd></div>
      <div><dt>{t.totals.p95}</dt><dd>{time(data?.p95)}</dd></div>
    </dl>
  );
}

/** Three digits are enough for a sum: "33.8 s". */
const short = (ms: number): string => (ms >= 9995 && ms < 59_950 ? `${(ms / 1000).toFixed(1)} s` : dur(ms));
