// The line of sight: what the selected call had been shown when it answered.
import type { Span } from "../../wire";
import type { Said } from "./exchange";
import { ancestors, idOf, kindOf, startOf } from "./model";
import type { View } from "./view";

export interface Sight {
  call?: string; // the model call from which the conversation is looked at
  later: (said: Said) => boolean;
}

const open: Sight = { later: () => false };

export function sightOf(v: View): Sight {
  const m = v.model.value;
  const index = v.index.value;
  if (!m || index < 0) return open;
  const call = kindOf(m, index) === "llm" ? index : callBefore(v, index);
  if (call === undefined) return open;
  const span = v.span.value?.id === idOf(m, call) ? v.span.value : undefined;
  const start = startOf(m, call);
  return { call: idOf(m, call), later: (said) => isLater(said, idOf(m, call), start, span) };
}

// callBefore is the model call that a tool, or what it did, was asked by.
function callBefore(v: View, index: number): number | undefined {
  const m = v.model.value;
  if (!m || kindOf(m, index) === "agent") return undefined;
  for (const i of [index, ...ancestors(m, index)]) {
    const by = m.askedBy.get(i);
    if (by !== undefined) return by;
    if (kindOf(m, i) === "agent") break;
  }
  return m.trace.calls.findLast((i) => startOf(m, i) <= startOf(m, index));
}

// isLater goes by the messages of the call where they are known, else by time.
function isLater(said: Said, call: string, start: number, span: Span | undefined): boolean {
  if (said.by === call) return false;
  if (span && span.in.length > 0 && span.in.includes(said.hash)) return false;
  return said.at > start || (said.by !== undefined && said.at === start);
}
