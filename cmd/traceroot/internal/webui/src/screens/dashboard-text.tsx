// What the dashboard says.
import { plural } from "../ui/format";
import type { Dimension } from "./dashboard-data";

export const words = {
  splitBy: "Split by",
  by: { model: "By model", agent: "Agent", tool: "Tool", user: "User", tag: "Tag" } satisfies Record<Dimension, string>,
  filter: "Filter", placeholder: "filter, such as env:dev", lastRange: (range: string) => `Last ${range}`, since: "Since", range: "Time", compared: (range: string) => `compared with the ${range} before`,
  nothing: "No traces in this time", nothingHere: "No traces with these terms in this time", dropTerms: "Drop the terms", longer: (range: string) => `Show the last ${range}`,
  cost: "Cost", calls: "Calls", traces: "Traces", tokens: "Tokens", latency: "Latency of a trace", latency50: "Latency p50", first: "Time to first token", first50: "First token p50", failed: "Failed", failures: "Failures",
  seconds: "seconds", rootCauses: "root causes, not failed spans", p95: (v: string) => `p95 ${v}`, cachedPart: (v: string) => `${v} read from cache`, failedCounts: (failed: string, recovered: string) => `${failed} failed, ${recovered} recovered`,
  up: (v: string) => `up ${v}`, down: (v: string) => `down ${v}`, same: "as before", rest: "others", without: "without", noPrice: "no price", none: "none",
  fromCache: "from cache", input: "input", output: "output", recovered: "recovered", failedTraces: "failed",
  spike: (from: string, to: string, n: number, above: string) => `${from} to ${to}: ${plural(n, "trace")} above ${above}`,
  tables: { model: "Models", agent: "Agents", tool: "Tools", user: "Users", tag: "Tags", error: "What failed" },
  head: { shareCost: "Share of cost", shareTime: "Share of time", shareFailures: "Share of failures", calls: "Calls", first: "First token", rate: "tok/s", failed: "Failed", cost: "Cost", traces: "Traces", p95: "p95", last: "Last" },
  costLabel: (step: string, by: string, total: string) => `Cost ${step} by ${by}; ${total} in all`, callsLabel: (step: string, by: string, total: string) => `Calls ${step} by ${by}; ${total} in all`,
  latencyLabel: (p50: string, p95: string) => `Latency percentiles of traces; p50 ${p50}, p95 ${p95} over the whole time`, firstLabel: (p50: string, p95: string) => `Time to first token, percentiles; p50 ${p50}, p95 ${p95} over the whole time`,
  tokensLabel: (step: string, total: string, cached: string) => `Tokens ${step}; ${total} in all, ${cached} read from cache`, failuresLabel: (step: string, failed: string, recovered: string) => `Failures ${step}; ${failed} failed, ${recovered} recovered`,
};
