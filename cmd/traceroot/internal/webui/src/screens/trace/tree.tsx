// The tree and the waterfall: one grid of rows, of which only those in sight exist.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { at } from "./at";
import { matches } from "./find";
import { partners, type Model } from "./model";
import { Row, rowHeight, rowId } from "./row";
import type { RowItem } from "./rows";
import { ticks } from "./scale";
import type { View } from "./view";

const spare = 6; // rows beyond the edges

export function Tree({ v, m }: { v: View; m: Model }) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(800);
  const rows = v.rows.value;
  useSize(box, (h) => { height.value = h; });
  useStillRows(box, v, rows);
  useSight(box, v);
  const first = Math.max(Math.floor(top.value / rowHeight) - spare, 0);
  const last = Math.min(Math.ceil((top.value + height.value) / rowHeight) + spare, rows.length);
  const linked = new Set(v.index.value >= 0 ? partners(m, v.index.value) : []);
  const hits = matches(v, m);
  const times = ticks(v.scale.value).filter((t) => t > v.scale.value.from);
  const slots = last - first;
  return (
    <div class="scroll grow tree" role="tree" aria-label="Spans" tabIndex={0} ref={box} data-pane="0"
      aria-activedescendant={v.at.value >= 0 ? rowId(v.selected.value) : undefined}
      onScroll={(e) => { top.value = e.currentTarget.scrollTop; }}>
      <div class="rows" role="none" ref={at({ height: `${rows.length * rowHeight + 12}px`, "--deep": String(deepest(rows)) })}>
        {rows.slice(first, last).map((row, n) => (
          <Row key={slots > 0 ? (first + n) % slots : n} v={v} m={m} row={row} place={first + n} times={times}
            linked={row.entry.is === "span" && linked.has(row.entry.span)}
            hit={row.entry.is === "span" && hits.set.has(row.entry.span)} />
        ))}
      </div>
    </div>
  );
}

// deepest is by how many levels the indentation has to get by with its room.
const deepest = (rows: RowItem[]) => rows.reduce((deep, row) => Math.max(deep, row.depth), 1);

function useSize(box: { current: HTMLElement | null }, tell: (height: number) => void) {
  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    const watch = new ResizeObserver(() => tell(el.clientHeight));
    tell(el.clientHeight);
    watch.observe(el);
    return () => watch.disconnect();
  }, []);
}

// useStillRows keeps the row that the reader looks at where it is when rows appear above it.
function useStillRows(box: { current: HTMLElement | null }, v: View, rows: RowItem[]) {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const el = box.current;
    const old = before.current;
    before.current = rows;
    if (!el || old === rows || el.scrollTop === 0) return;
    const first = Math.floor(el.scrollTop / rowHeight);
    const inSight = old.slice(first, first + Math.ceil(el.clientHeight / rowHeight));
    const anchor = inSight.find((r) => r.key === v.selected.peek()) ?? inSight[0];
    if (!anchor) return;
    const moved = rows.findIndex((r) => r.key === anchor.key) - old.indexOf(anchor);
    if (moved !== 0 && rows.some((r) => r.key === anchor.key)) el.scrollTop += moved * rowHeight;
  }, [rows]);
}

// useSight scrolls to the selection when it moves, and only then.
function useSight(box: { current: HTMLElement | null }, v: View) {
  const moved = v.moved.value;
  useLayoutEffect(() => {
    const el = box.current;
    const place = v.at.peek() * rowHeight;
    if (!el || place < 0) return;
    if (place < el.scrollTop) el.scrollTop = place;
    else if (place + rowHeight > el.scrollTop + el.clientHeight) el.scrollTop = place + 2 * rowHeight - el.clientHeight;
  }, [moved, v.at.value >= 0, v.pane.value]);
}
