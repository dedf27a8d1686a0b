// The metric column: time, tokens or cost of a row.
import { dur, k, usd } from "../../ui/format";
import type { Column } from "./address";
import { measure } from "./groups";
import { costBelow, costOf, inOf, kindOf, outOf, parentOf, partialBelow, tokensBelow, tookOf, type Group, type Model } from "./model";

export function spanMetric(m: Model, span: number, col: Column, now: number): string {
  if (col === "time") return dur(tookOf(m, span, now));
  const sums = kindOf(m, span) === "agent" || parentOf(m, span) < 0;
  const used = inOf(m, span) + outOf(m, span) > 0;
  if (col === "tokens") return sums ? tokens(tokensBelow(m, span)) : used ? k(inOf(m, span) + outOf(m, span)) : "";
  if (sums) return tokensBelow(m, span) > 0 || costBelow(m, span) > 0 ? usd(costBelow(m, span), partialBelow(m, span)) : "";
  if (costOf(m, span) < 0) return "no price";
  return costOf(m, span) > 0 || used ? usd(costOf(m, span)) : "";
}

export function groupMetric(m: Model, group: Group, col: Column): string {
  const all = measure(m, group);
  if (col === "time") return dur(all.to - all.from);
  if (col === "tokens") return tokens(all.tokens);
  return all.tokens > 0 || all.cost > 0 ? usd(all.cost, all.partial) : "";
}

const tokens = (n: number) => (n > 0 ? k(n) : "");
