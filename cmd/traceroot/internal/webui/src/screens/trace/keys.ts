// The keys of the screen.
import { useKeys } from "../../state/keys";
import { absolute, hrefWith } from "../../state/url";
import { copy } from "../../ui/toast";
import type { Column } from "./address";
import { copyMenuOpen } from "./copymenu";
import { openFind } from "./findbox";
import { ancestors, costOf, endOf, hasFailed, isRunning, kindOf, msOf, parentOf, partners, startOf, statusOf, type Model } from "./model";
import { neighbour, toList } from "./neighbours";
import type { RowItem } from "./rows";
import { selectedGroup } from "./selected";
import { openEditor } from "./source";
import { tabsOf } from "./tabs";
import { foldAll, follow, select, selectSpan, turn, unfoldAll, type View } from "./view";

const nextColumn: Record<Column, Column> = { time: "tokens", tokens: "cost", cost: "time" };

export function useTraceKeys(v: View): void {
  const withTrace = (act: (m: Model) => boolean | void) => () => {
    const m = v.model.value;
    return m ? act(m) : false;
  };
  const up = withTrace(() => moveRow(v, -1)), down = withTrace(() => moveRow(v, 1));
  const left = withTrace((m) => fold(v, m)), right = withTrace(() => unfold(v));
  const tabKeys = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [String(n), withTrace((m) => openTab(v, m, n - 1))]));
  useKeys({
    j: down, ArrowDown: inTree(down), k: up, ArrowUp: inTree(up),
    h: left, ArrowLeft: inTree(left), l: right, ArrowRight: inTree(right),
    Home: inTree(() => selectRow(v, v.rows.value?.at(0))), End: inTree(() => selectRow(v, v.rows.value?.at(v.rows.value.length - 1))),
    H: withTrace((m) => foldAll(v, m)), L: withTrace((m) => unfoldAll(v, m)),
    n: withTrace((m) => step(v, m, 1, (i) => kindOf(m, i) === "llm")), N: withTrace((m) => step(v, m, -1, (i) => kindOf(m, i) === "llm")),
    e: withTrace((m) => step(v, m, 1, (i) => isError(m, i))), E: withTrace((m) => step(v, m, -1, (i) => isError(m, i))),
    s: withTrace((m) => selectSpan(v, slowest(m))), $: withTrace((m) => selectSpan(v, costliest(m))),
    p: withTrace((m) => partner(v, m)),
    m: () => { v.all.value = !v.all.value; },
    v: () => { v.col.value = nextColumn[v.col.value]; },
    o: () => void openEditor(v.span.value),
    z: withTrace((m) => zoomTo(v, m)), Z: () => { v.zoom.value = null; },
    F: withTrace((m) => toggleFollow(v, m)),
    c: () => { copyMenuOpen.value = true; },
    y: () => void copy(absolute(hrefWith({ span: v.selected.value })), "link"),
    "[": () => void neighbour(v.id, -1), "]": () => void neighbour(v.id, 1),
    "/": () => openFind(),
    Escape: () => escape(v),
    ...tabKeys,
  });
}

// Arrows belong to what has the focus where that scrolls or has its own.
const inTree = (act: () => boolean | void) => () => {
  const focus = document.activeElement;
  return focus && focus !== document.body && !focus.closest("[role=tree], main:focus") ? false : act();
};

function selectRow(v: View, row: RowItem | undefined) {
  if (row) select(v, row.key);
}

const moveRow = (v: View, by: number) => {
  const at = v.at.value < 0 ? 0 : v.at.value + by;
  const rows = v.rows.value;
  selectRow(v, rows?.at(Math.min(Math.max(at, 0), rows.length - 1)));
};

// fold folds the row; where there is nothing to fold, it goes to the row above it in the tree.
function fold(v: View, m: Model) {
  const row = v.rows.value?.at(v.at.value);
  if (!row) return;
  if (row.foldable && row.open) return turn(v, row.key);
  for (let i = v.at.value - 1; i >= 0; i--) {
    const above = v.rows.value?.at(i);
    if (above && above.depth < row.depth) return selectRow(v, above);
  }
  if (row.entry.is === "span" && parentOf(m, row.entry.span) >= 0) selectSpan(v, parentOf(m, row.entry.span));
}

function unfold(v: View) {
  const row = v.rows.value?.at(v.at.value);
  const next = v.rows.value?.at(v.at.value + 1);
  if (row?.foldable && !row.open) turn(v, row.key);
  else if (row && next && next.depth > row.depth) selectRow(v, next);
}

/** Errors are where they began: a span through which one passed is none of its own. */
const isError = (m: Model, i: number) => statusOf(m, i) === "!" || statusOf(m, i) === "?";

function step(v: View, m: Model, by: 1 | -1, wanted: (i: number) => boolean) {
  const from = v.index.value >= 0 ? v.index.value : by > 0 ? -1 : m.count;
  for (let i = from + by; i >= 0 && i < m.count; i += by) if (wanted(i)) return selectSpan(v, i);
  // After the last comes the first.
  for (let i = by > 0 ? 0 : m.count - 1; i !== from && i >= 0 && i < m.count; i += by) if (wanted(i)) return selectSpan(v, i);
}

const works = (m: Model, i: number) => kindOf(m, i) === "llm" || kindOf(m, i) === "tool";

function slowest(m: Model): number | undefined {
  const named = m.trace.verdict?.slowest;
  return named ? m.byId.get(named) : largest(m, (i) => (works(m, i) ? msOf(m, i) : 0));
}

function costliest(m: Model): number | undefined {
  const named = m.trace.verdict?.costliest;
  return named ? m.byId.get(named) : largest(m, (i) => costOf(m, i));
}

function largest(m: Model, of: (i: number) => number): number | undefined {
  let best: number | undefined, most = 0;
  for (let i = 0; i < m.count; i++) if (of(i) > most) most = of(best = i);
  return best;
}

// partner goes from a call to its result and back: of several that a call asked for, to the one that failed, else the first.
function partner(v: View, m: Model) {
  if (v.index.value < 0) return;
  const found = [v.index.value, ...ancestors(m, v.index.value)].map((i) => partners(m, i)).find((all) => all.length > 0) ?? [];
  selectSpan(v, found.find((i) => hasFailed(m, i)) ?? found[0]);
}

function openTab(v: View, m: Model, n: number) {
  const names = selectedGroup(v, m) ? ["group", "spans"] : v.index.value >= 0 ? tabsOf(m, v.index.value).map((tab) => tab.name) : [];
  const name = names[n];
  if (name === undefined) return false;
  v.tab.value = name;
}

function zoomTo(v: View, m: Model) {
  const i = v.index.value;
  if (i < 0) return;
  const from = startOf(m, i);
  const to = Math.max(endOf(m, i, isRunning(m, i) ? v.now.value : 0), from + 0.01);
  const room = (to - from) * 0.04;
  v.zoom.value = [Math.max(from - room, 0), to + room];
}

function toggleFollow(v: View, m: Model) {
  v.follow.value = m.running && !v.follow.value;
  if (v.follow.value) follow(v, m);
}

// escape clears one thing at a time, and at last goes up to the list.
function escape(v: View) {
  if (v.find.value) v.find.value = "";
  else if (v.zoom.value) v.zoom.value = null;
  else if (v.pointed.value) v.pointed.value = "";
  else toList();
}
