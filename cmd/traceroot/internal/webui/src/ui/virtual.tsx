// A list of rows of one height. Rows that leave on one side come in on the other: however long the list is, the page holds
// those that are seen, and scrolling changes texts and a transform.
import type { ComponentChild, VNode } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

export interface VirtualHandle {
  /** Scrolls as little as shows the row. */
  show(index: number): void;
  toTop(): void;
  element(): HTMLElement | null;
}

interface Props {
  count: number;
  rowHeight: number;
  /** Draws a row. It is called again when version changes, or when another row comes to stand in its place. */
  row: (index: number) => ComponentChild;
  version: unknown;
  label: string;
  role?: "listbox" | "tree" | "list" | "grid";
  /** The id of the row that keys move, for aria-activedescendant. */
  active?: string;
  class?: string;
  handle?: { current: VirtualHandle | null };
  /** The rows that are drawn: to load more before the end is seen. */
  onRange?: (first: number, last: number) => void;
  onScroll?: (top: number) => void;
  multi?: boolean;
}

const overscan = 4;

/** Browsers cap the height of an element; longer lists map the scroll position to an index. */
const tallest = 12_000_000;

export function Virtual(props: Props) {
  const { count, rowHeight, row, version, handle, onRange, onScroll } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: innerHeight });
  const height = Math.min(count * rowHeight, tallest);
  const scale = height < count * rowHeight ? (count * rowHeight - view.height) / Math.max(1, height - view.height) : 1;
  const offset = view.top * scale; // of the first seen pixel, in a list as tall as it would be
  // As many rows as there are slots, always: a slot that were empty for a moment would lose its nodes.
  const size = Math.ceil(view.height / rowHeight) + 2 * overscan + 1;
  const first = Math.max(0, Math.min(Math.floor(offset / rowHeight) - overscan, count - size));
  const last = Math.min(count, first + size) - 1;

  const measure = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const top = element.scrollTop;
    setView((now) => (now.top === top && now.height === element.clientHeight ? now : { top, height: element.clientHeight }));
    onScroll?.(top);
  }, [onScroll]);

  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, [measure]);

  useEffect(() => { onRange?.(first, last); }, [first, last, count]);

  if (handle) {
    handle.current = {
      show(index) {
        const element = box.current;
        if (!element) return;
        const at = index * rowHeight;
        const seen = element.scrollTop * scale;
        if (at < seen) element.scrollTop = at / scale;
        else if (at + rowHeight > seen + element.clientHeight) element.scrollTop = Math.ceil((at + rowHeight - element.clientHeight) / scale);
      },
      toTop() { if (box.current) box.current.scrollTop = 0; },
      element: () => box.current,
    };
  }

  const slots = useSlots(size);
  const drawn: VNode[] = [];
  for (let i = first; i <= last; i++) drawn.push(slots.draw(i, i * rowHeight - offset + view.top, rowHeight, row, version, scale !== 1));
  return (
    <div ref={box} class={`virtual ${props.class ?? ""}`} role={props.role ?? "listbox"} aria-label={props.label} tabIndex={0}
      aria-activedescendant={props.active} aria-multiselectable={props.multi} onScroll={measure}>
      <div class="space" ref={(e) => { if (e) e.style.height = `${height}px`; }}>{drawn.sort(byKey)}</div>
    </div>
  );
}

// Keys in the order of slots: a row that comes in never moves another node.
const byKey = (a: VNode, b: VNode): number => (a.key as number) - (b.key as number);

interface Slot { index: number; version: unknown; y: number; height: number; vnode: VNode }

function useSlots(size: number) {
  const pool = useRef<{ size: number; slots: (Slot | undefined)[] }>({ size: 0, slots: [] });
  if (pool.current.size !== size) pool.current = { size, slots: [] };
  const { slots, size: modulus } = pool.current;
  return {
    // The same node again when nothing changed: Preact does not look into it.
    draw(index: number, y: number, height: number, row: Props["row"], version: unknown, mapped: boolean): VNode {
      const key = index % modulus;
      const known = slots[key];
      if (known && known.index === index && known.version === version && known.height === height && (!mapped || known.y === y)) return known.vnode;
      const vnode = (
        <div class="slot" key={key} role="presentation" ref={(e) => { if (e) { e.style.transform = `translateY(${y}px)`; e.style.height = `${height}px`; } }}>
          {row(index)}
        </div>
      );
      slots[key] = { index, version, y, height, vnode };
      return vnode;
    },
  };
}
