// Three panes and the two lines between them, which can be dragged or moved by arrow keys. Widths are kept.
import type { ComponentChild } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { pref } from "../../state/prefs";

/** Parts of the width that the left and the right pane take; 0 is what the style sheet says. */
const left = pref("trace.left", 0);
const right = pref("trace.right", 0);

const least = 0.16, most = 0.55;

export function Panes({ children }: { children: ComponentChild[] }) {
  const grid = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const el = grid.current;
    if (!el) return;
    set(el, "--left", left.value);
    set(el, "--right", right.value);
  }, [left.value, right.value]);
  return (
    <div class="panes" ref={grid}>
      {children[0]}
      <Line name="Width of the spans" grid={grid} of={left} side={1} pane=".panes > section:first-of-type" />
      {children[1]}
      <Line name="Width of the conversation" grid={grid} of={right} side={-1} pane=".panes > section:last-of-type" />
      {children[2]}
    </div>
  );
}

function set(el: HTMLElement, name: string, part: number) {
  if (part > 0) el.style.setProperty(name, `${(part * 100).toFixed(2)}%`);
  else el.style.removeProperty(name);
}

interface LineProps { name: string; grid: { current: HTMLElement | null }; of: { value: number }; side: 1 | -1; pane: string }

function Line({ name, grid, of, side, pane }: LineProps) {
  const part = () => {
    const whole = grid.current?.clientWidth ?? 1;
    return (grid.current?.querySelector<HTMLElement>(pane)?.offsetWidth ?? 0) / whole;
  };
  const put = (to: number) => { of.value = Math.min(Math.max(to, least), most); };
  const drag = (e: PointerEvent) => {
    const el = e.currentTarget as HTMLElement;
    const box = grid.current?.getBoundingClientRect();
    if (!box || !el.hasPointerCapture(e.pointerId)) return;
    put(side > 0 ? (e.clientX - box.left) / box.width : (box.right - e.clientX) / box.width);
  };
  const key = (e: KeyboardEvent) => {
    const by = { ArrowLeft: -0.01, ArrowRight: 0.01 }[e.key];
    if (by === undefined) return;
    put(part() + by * side);
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div class="split" role="separator" aria-orientation="vertical" aria-label={name} aria-valuenow={Math.round(of.value * 100)} tabIndex={0} title="Drag; double click for the usual width"
      onPointerDown={(e) => (e.currentTarget as HTMLElement).setPointerCapture(e.pointerId)} onPointerMove={drag} onDblClick={() => { of.value = 0; }} onKeyDown={key} />
  );
}
