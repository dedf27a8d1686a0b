// Search in the spans: names and ids here, payloads on the server.
import { idOf, type Model } from "./model";
import { selectSpan, type View } from "./view";

interface Matches { list: number[]; set: ReadonlySet<number> }

const none: Matches = { list: [], set: new Set() };
let last: { m: Model; text: string; found: ReadonlySet<string>; matches: Matches } | undefined;

export function matches(v: View, m: Model): Matches {
  const text = v.find.value.trim().toLowerCase();
  const found = v.found.value;
  if (!text) return none;
  if (last && last.m === m && last.text === text && last.found === found) return last.matches;
  const named = m.trace.spans.names.map((name) => name.toLowerCase().includes(text));
  const list: number[] = [];
  for (let i = 0; i < m.count; i++) {
    const id = idOf(m, i);
    if (named[m.trace.spans.name[i] ?? -1] || found.has(id) || id.startsWith(text)) list.push(i);
  }
  last = { m, text, found, matches: { list, set: new Set(list) } };
  return last.matches;
}

// step selects the next match in the direction, and the first after the last.
export function stepMatch(v: View, direction: 1 | -1) {
  const m = v.model.value;
  if (!m) return;
  const { list } = matches(v, m);
  if (list.length === 0) return;
  const here = v.index.value;
  const next = direction > 0 ? list.find((i) => i > here) ?? list[0] : list.findLast((i) => i < here) ?? list.at(-1);
  selectSpan(v, next, true);
}
