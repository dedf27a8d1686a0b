// What changed, and because of whom: cost, tokens, latency, first token and failures, split by one dimension.
import { useEffect, useRef, useState } from "preact/hooks";
import { useLoad } from "../state/api";
import { useEvents } from "../state/events";
import { useKeys } from "../state/keys";
import { href, param, setParams } from "../state/url";
import { text } from "../text";
import { asTable } from "../ui/charts-axis";
import type { Metrics } from "../wire";
import { Controls } from "./dashboard-controls";
import { Charts } from "./dashboard-charts";
import { DEFAULT_RANGE, DIMENSIONS, STEPS, longerRange, rangeText, type Dimension, type Scope } from "./dashboard-data";
import { Kpis } from "./dashboard-kpis";
import { Tables } from "./dashboard-tables";
import { words } from "./dashboard-text";
import { Blank, Problem, useResync } from "./session-states";

export function DashboardScreen() {
  const by = (DIMENSIONS as readonly string[]).includes(param("by")) ? (param("by") as Dimension) : "model";
  const scope: Scope = { from: param("from") || DEFAULT_RANGE, to: param("to"), q: param("q") };
  const ask = (dimension: string) => href("/api/ui/metrics", { by: dimension, from: scope.from, to: scope.to, q: scope.q, steps: String(STEPS) });
  const { data, error, loading, reload } = useLoad<Metrics>(ask(by));
  const round = useRefresh(reload);
  const search = useRef<HTMLInputElement>(null);
  useKeys({
    "/": () => search.current?.focus(),
    T: () => { asTable.value = !asTable.peek(); },
    Escape: () => { if (!scope.q) return false; setParams({ q: "" }); },
  });
  const empty = data !== undefined && !loading && !data.total?.count;
  return (
    <div class="dash">
      <h1 class="sr">{text.nav.dashboard}</h1>
      <Controls by={by} scope={scope} search={search} />
      {error && <Problem error={error} retry={reload} />}
      {empty ? <Empty scope={scope} /> : (
        <>
          <Kpis metrics={data} scope={scope} stale={loading} />
          <div class={`grid${loading && data ? " stale" : ""}`}>
            {data && <Charts metrics={data} scope={scope} />}
            {(data || !error) && <Tables by={by} split={data?.by === by ? data : undefined} scope={scope} ask={ask} round={round} />}
          </div>
        </>
      )}
    </div>
  );
}

function Empty({ scope }: { scope: Scope }) {
  const longer = longerRange(scope.from);
  return (
    <Blank title={scope.q ? words.nothingHere : words.nothing}>
      <div class="row">
        {scope.q && <button class="btn" onClick={() => setParams({ q: "" })}>{words.dropTerms} <code>{scope.q}</code></button>}
        {longer && <button class="btn" onClick={() => setParams({ from: longer, to: "" })}>{words.longer(rangeText(longer) ?? "")}</button>}
      </div>
    </Blank>
  );
}

const refreshMs = 10_000;

/** Asks anew when traces ended, at most every ten seconds. The number counts up with each time. */
function useRefresh(reload: () => void): number {
  const [round, setRound] = useState(0);
  const later = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const again = () => { later.current = undefined; reload(); setRound((n) => n + 1); };
  useEvents(["traces"], (event) => {
    if (event.type === "trace.gone" || (event.type === "trace.row" && event.row.status !== "running")) later.current ??= setTimeout(again, refreshMs);
  });
  useResync(again);
  useEffect(() => () => clearTimeout(later.current), []);
  return round;
}
