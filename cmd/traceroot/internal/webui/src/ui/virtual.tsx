// A list of rows of one height. Rows that leave on one side come in on the other: however long the list is, the page holds
// those that are seen, and scrolling fills them anew and moves them, without a look at the list's component.
import { render, type ComponentChild } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { el } from "./dom";

export interface VirtualHandle {
  /** Scrolls as little as shows the row. */
  show(index: number): void;
  toTop(): void;
  element(): HTMLElement | null;
}

/** What stands in an element that shows one row now and another later. What is cleared may be filled again. */
export interface Slot {
  fill(index: number): void;
  clear(): void;
}

interface Props {
  count: number;
  rowHeight: number;
  /** Draws a row. It is called again when version changes, or when another row comes to stand in its place. */
  row?: (index: number) => ComponentChild;
  /** Makes the content of an element that is filled again and again, where drawing rows anew would be too slow. */
  slot?: (root: HTMLElement) => Slot;
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

export function Virtual(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const space = useRef<HTMLDivElement>(null);
  const rows = useRef<Rows | undefined>(undefined);
  useLayoutEffect(() => {
    if (!box.current || !space.current) return;
    const made = (rows.current = new Rows(box.current, space.current));
    return () => made.stop();
  }, []);
  useLayoutEffect(() => rows.current?.show(props));
  if (props.handle) {
    props.handle.current = {
      show: (index) => rows.current?.scrollTo(index),
      toTop: () => { if (box.current) box.current.scrollTop = 0; },
      element: () => box.current,
    };
  }
  return (
    <div ref={box} class={`virtual ${props.class ?? ""}`} role={props.role ?? "listbox"} aria-label={props.label} tabIndex={0}
      aria-activedescendant={props.active} aria-multiselectable={props.multi} onScroll={() => rows.current?.scroll()}>
      <div class="space" ref={space} />
    </div>
  );
}

const overscan = 4;
const restingMs = 100;

/** Browsers cap the height of an element; longer lists map the scroll position to an index. */
const tallest = 12_000_000;

interface Held { root: HTMLElement; slot: Slot; y: number; height: number }

/** The rows that exist. */
class Rows {
  private list: Props | undefined;
  private readonly held = new Map<number, Held>(); // by index
  private readonly unused: Held[] = [];
  private height = innerHeight; // of what is seen; until it is known no list is higher
  private top = 0; // as the last event told: reading it may lay out the page
  private space = -1;
  private range = "";
  private resting: ReturnType<typeof setTimeout> | undefined;
  private readonly sizes = new ResizeObserver(() => {
    this.height = this.box.clientHeight;
    this.place(true);
  });

  constructor(private readonly box: HTMLElement, private readonly inner: HTMLElement) { this.sizes.observe(box); }

  stop(): void {
    this.sizes.disconnect();
    clearTimeout(this.resting);
    for (const held of this.held.values()) held.slot.clear();
  }

  show(list: Props): void {
    const before = this.list;
    this.list = list;
    const height = Math.min(list.count * list.rowHeight, tallest);
    if (height !== this.space) this.inner.style.height = `${height}px`;
    this.space = height;
    if (!before || before.version !== list.version || before.rowHeight !== list.rowHeight) {
      for (const [index, held] of this.held) if (index < list.count) held.slot.fill(index);
    }
    this.place(before !== undefined);
  }

  /** After a jump nothing is made that is not seen: where everything changes, what waits at the edges is of no use yet. */
  scroll(): void {
    const before = this.top;
    this.top = this.box.scrollTop;
    const jumped = Math.abs(this.top - before) > this.height;
    clearTimeout(this.resting);
    if (jumped) this.resting = setTimeout(() => this.place(true), restingMs);
    this.place(!jumped);
  }

  /** Makes the rows that are seen now, out of those that no longer are. */
  private place(withSpare: boolean): void {
    const { list } = this;
    if (!list) return;
    const { count, rowHeight } = list;
    // Of the first seen pixel, in a list as tall as it would be. That a list got shorter is told by an event that comes later.
    const offset = Math.min(this.top * this.scale(), Math.max(0, count * rowHeight - this.height));
    const spare = withSpare ? overscan : 0;
    const seen = Math.floor(offset / rowHeight);
    const size = Math.ceil((offset + this.height) / rowHeight) - seen + 2 * spare;
    const first = Math.max(0, Math.min(seen - spare, count - size));
    const last = Math.min(count, first + size) - 1;
    for (const [index, held] of this.held) {
      if (index >= first && index <= last) continue;
      this.held.delete(index);
      this.unused.push(held);
    }
    for (let index = first; index <= last; index++) {
      let held = this.held.get(index);
      if (!held) {
        this.held.set(index, held = this.unused.pop() ?? this.make());
        held.slot.fill(index);
      }
      this.move(held, Math.round(index * rowHeight - offset + this.top), rowHeight);
    }
    for (const held of this.unused) {
      if (!held.root.isConnected) continue;
      held.slot.clear();
      held.root.remove();
    }
    this.tell(list, first, last);
  }

  scrollTo(index: number): void {
    if (!this.list) return;
    const { rowHeight } = this.list;
    const at = index * rowHeight;
    const scale = this.scale();
    const seen = this.box.scrollTop * scale;
    if (at < seen) this.box.scrollTop = at / scale;
    else if (at + rowHeight > seen + this.height) this.box.scrollTop = Math.ceil((at + rowHeight - this.height) / scale);
  }

  private scale(): number {
    const whole = (this.list?.count ?? 0) * (this.list?.rowHeight ?? 0);
    return this.space < whole ? (whole - this.height) / Math.max(1, this.space - this.height) : 1;
  }

  private make(): Held {
    const root = el("div", "slot");
    root.setAttribute("role", "presentation");
    return { root, slot: this.list?.slot?.(root) ?? drawn(root, (index) => this.list?.row?.(index)), y: -1, height: 0 };
  }

  private move(held: Held, y: number, height: number): void {
    if (!held.root.isConnected) this.inner.append(held.root);
    if (held.y !== y) held.root.style.transform = `translateY(${y}px)`;
    if (held.height !== height) held.root.style.height = `${height}px`;
    held.y = y;
    held.height = height;
  }

  private tell(list: Props, first: number, last: number): void {
    const range = `${first} ${last} ${list.count}`;
    if (range !== this.range) list.onRange?.(first, last);
    this.range = range;
    list.onScroll?.(this.top);
  }
}

const drawn = (root: HTMLElement, row: (index: number) => ComponentChild): Slot => ({
  fill: (index) => render(row(index), root),
  clear: () => render(null, root),
});
