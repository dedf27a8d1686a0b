// The whole trace in a strip: model calls, tools and the rest in three bands. Dragging zooms, a double click shows all.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { theme } from "../../state/theme";
import { dur } from "../../ui/format";
import { at, percent } from "./at";
import { endOf, hasFailed, isRunning, startOf, type Model } from "./model";
import type { Scale } from "./scale";
import type { View } from "./view";

const bands: Record<string, { top: number; height: number; color: string }> = {
  L: { top: 3, height: 7, color: "--k-llm" },
  T: { top: 14, height: 7, color: "--k-tool" },
  S: { top: 24, height: 4, color: "--k-span" },
};
const height = 32;

export function Overview({ v, m }: { v: View; m: Model }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useSignal<[number, number] | null>(null);
  const scale = v.whole.value;
  const now = m.running ? Math.floor(v.now.value / 250) * 250 : 0;
  useEffect(() => {
    const el = canvas.current;
    if (!el) return;
    // The observer calls at once, and draws the first time too.
    const size = new ResizeObserver(() => draw(el, m, scale, now));
    size.observe(el);
    return () => size.disconnect();
  }, [m, scale, now, theme.value]);
  const place = (e: PointerEvent) => {
    const r = canvas.current!.getBoundingClientRect();
    return Math.min(Math.max((e.clientX - r.left) / r.width, 0), 1);
  };
  const down = (e: PointerEvent) => {
    canvas.current!.setPointerCapture(e.pointerId);
    drag.value = [place(e), place(e)];
  };
  const move = (e: PointerEvent) => {
    if (drag.value) drag.value = [drag.value[0], place(e)];
  };
  const up = () => {
    const [from, to] = drag.value ?? [0, 0];
    const a = Math.min(from, to), b = Math.max(from, to);
    drag.value = null;
    if (b - a > 0.004) v.zoom.value = [scale.ms(a), scale.ms(b)];
  };
  const shown = drag.value ?? (v.zoom.value ? [scale.at(v.zoom.value[0]), scale.at(v.zoom.value[1])] : null);
  return (
    <div class="ovw">
      <div class="strip">
        <canvas ref={canvas} role="img" aria-label={`Overview of the whole trace, ${dur(scale.to)}; drag to zoom, double click for all`}
          onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={() => { drag.value = null; }}
          onDblClick={() => { v.zoom.value = null; }} />
        {shown && <Window from={Math.min(shown[0], shown[1])} to={Math.max(shown[0], shown[1])} />}
      </div>
      {v.zoom.value && <button class="btn all" title="Show all (Z)" onClick={() => { v.zoom.value = null; }}>All <kbd>Z</kbd></button>}
    </div>
  );
}

const Window = ({ from, to }: { from: number; to: number }) => (
  <>
    <span class="out" ref={at({ left: "0", width: percent(Math.max(from, 0)) })} />
    <span class="out" ref={at({ left: percent(Math.min(to, 1)), width: percent(Math.max(1 - to, 0)) })} />
    <span class="win" ref={at({ left: percent(from), width: percent(to - from) })} />
  </>
);

interface Layer { path: Path2D; painted: number } // painted: up to which x

// One path per colour, and nothing where it is painted already: 10,000 spans are a few milliseconds.
function draw(el: HTMLCanvasElement, m: Model, scale: Scale, now: number) {
  const ratio = devicePixelRatio || 1;
  const width = el.clientWidth;
  el.width = Math.max(Math.round(width * ratio), 1);
  el.height = Math.round(height * ratio);
  const c = el.getContext("2d");
  if (!c) return;
  c.scale(ratio, ratio);
  const layers = new Map<string, Layer>();
  for (let i = 0; i < m.count; i++) {
    const kind = m.trace.spans.kind.charAt(i);
    const band = bands[kind];
    if (!band) continue;
    const color = isRunning(m, i) ? "--accent" : hasFailed(m, i) ? "--err" : band.color;
    const x = scale.at(startOf(m, i)) * width;
    const end = Math.max(scale.at(endOf(m, i, now)) * width, x + 0.6);
    let layer = layers.get(kind + color);
    if (!layer) layers.set(kind + color, layer = { path: new Path2D(), painted: 0 });
    if (end <= layer.painted) continue;
    layer.path.rect(x, band.top, end - x, band.height);
    layer.painted = Math.max(layer.painted, end);
  }
  const paint = (color: string) => {
    el.style.color = `var(${color})`;
    return getComputedStyle(el).color;
  };
  // Errors last, so that they are never painted over.
  for (const [key, layer] of [...layers].sort(([a], [b]) => Number(a.endsWith("--err")) - Number(b.endsWith("--err")))) {
    c.fillStyle = paint(key.slice(1));
    c.fill(layer.path);
  }
  c.fillStyle = paint("--line2");
  for (const g of scale.gaps) for (let y = 2; y < height; y += 5) c.fillRect(((scale.at(g.from) + scale.at(g.to)) / 2) * width - 1, y, 2, 2);
}
