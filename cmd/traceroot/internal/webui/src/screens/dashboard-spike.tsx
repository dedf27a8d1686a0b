// The remark below the latencies: when the slowest were far above the usual, and how many they are.
import { useLoad } from "../state/api";
import { href } from "../state/url";
import { dur } from "../ui/format";
import type { Histogram } from "../wire";
import { column, listHref, spike, when, type Scope, type Span } from "./dashboard-data";
import { words } from "./dashboard-text";

export function SpikeLink({ values, scope, range }: { values: (number | null)[]; scope: Scope; range: Span }) {
  const found = spike(values);
  const from = found ? column(range, found.start)[0] : "";
  const to = found ? column(range, found.end - 1)[1] : "";
  const terms = [scope.q, found ? `latency:>${found.above}ms` : ""];
  const { data } = useLoad<Histogram>(found ? href("/api/ui/histogram", { q: terms.join(" ").trim(), from, to, buckets: "1" }) : undefined);
  if (!found || !data?.traces) return null;
  const at = (time: string) => when(Date.parse(time), range.to - range.from, true);
  return <a class="link" href={listHref(terms, from, to, "-latency")}>{words.spike(at(from), at(to), data.traces, dur(found.above).replace(/\.00 s$/, " s"))}</a>;
}
