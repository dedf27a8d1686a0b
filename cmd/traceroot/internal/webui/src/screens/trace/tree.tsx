// The tree and the waterfall: one grid of rows, of which only those in sight exist.
import { batch, useSignal, type Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { at } from "./at";
import { matches } from "./find";
import { grid } from "./lane";
import { partners, type Model } from "./model";
import { Row, rowHeight, rowId } from "./row";
import type { Rows } from "./rows";
import type { View } from "./view";

const spare = 6; // rows beyond the edges
const heads = 200; // what stands above and below the rows, at least

export function Tree({ v, m }: { v: View; m: Model }) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(innerHeight - heads);
  const rows = v.rows.value;
  const measured = useSignal(false);
  useSize(box, (h) => batch(() => { height.value = h; measured.value = true; }));
  useStillRows(box, v, rows, top, height);
  useSight(box, v, top, height, measured.value);
  const first = Math.max(Math.floor(top.value / rowHeight) - spare, 0);
  const last = Math.min(Math.ceil((top.value + height.value) / rowHeight) + spare, rows?.length ?? 0);
  const linked = new Set(v.index.value >= 0 ? partners(m, v.index.value) : []);
  const hits = matches(v, m);
  const slots = last - first;
  return (
    <div class="scroll grow tree" role="tree" aria-label="Spans" tabIndex={0} ref={box} data-pane="0"
      aria-activedescendant={v.at.value >= 0 ? rowId(v.selected.value) : undefined}
      onScroll={(e) => { top.value = e.currentTarget.scrollTop; }}>
      <div class="rows" role="none" ref={at({ height: `${(rows?.length ?? 0) * rowHeight + 12}px`, "--deep": String(rows?.deepest ?? 1), "--grid": grid(v.scale.value) })}>
        {rows?.slice(first, last).map((row, n) => (
          <Row key={slots > 0 ? (first + n) % slots : n} v={v} m={m} row={row} place={first + n}
            linked={row.entry.is === "span" && linked.has(row.entry.span)}
            hit={row.entry.is === "span" && hits.set.has(row.entry.span)} />
        ))}
      </div>
    </div>
  );
}

// What is read of the element would lay out the page: of scrolling and size, events and an observer tell.
function useSize(box: { current: HTMLElement | null }, tell: (height: number) => void) {
  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    const watch = new ResizeObserver(() => tell(el.clientHeight));
    watch.observe(el);
    return () => watch.disconnect();
  }, []);
}

// useStillRows keeps the row that the reader looks at where it is when rows appear above it.
function useStillRows(box: { current: HTMLElement | null }, v: View, rows: Rows | undefined, top: Signal<number>, height: Signal<number>) {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const el = box.current;
    const old = before.current;
    before.current = rows;
    if (!el || !old || !rows || old === rows || top.peek() === 0) return;
    const first = Math.floor(top.peek() / rowHeight);
    const inSight = old.slice(first, first + Math.ceil(height.peek() / rowHeight));
    const anchor = inSight.find((r) => r.key === v.selected.peek()) ?? inSight[0];
    if (!anchor) return;
    const place = rows.placeOf(anchor.key);
    const moved = place - old.placeOf(anchor.key);
    if (moved !== 0 && place >= 0) el.scrollTop += moved * rowHeight;
  }, [rows]);
}

// useSight scrolls to the selection when it moves, and only then.
function useSight(box: { current: HTMLElement | null }, v: View, top: Signal<number>, height: Signal<number>, measured: boolean) {
  const moved = v.moved.value;
  useLayoutEffect(() => {
    const el = box.current;
    const place = v.at.peek() * rowHeight;
    if (!el || place < 0) return;
    if (place < top.peek()) el.scrollTop = place;
    else if (place + rowHeight > top.peek() + height.peek()) el.scrollTop = place + 2 * rowHeight - height.peek();
  }, [moved, v.at.value >= 0, v.pane.value, measured]);
}
