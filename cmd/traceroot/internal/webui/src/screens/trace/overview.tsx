// The whole trace in a strip: model calls, tools and the rest in three bands. Dragging zooms, a double click shows all.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { theme } from "../../state/theme";
import { dur } from "../../ui/format";
import { at, percent } from "./at";
import type { Model } from "./model";
import type { Scale } from "./scale";
import type { View } from "./view";

interface Band { top: number; height: number; color: string }

const bands: Record<string, Band> = {
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

// A layer is what has one colour in a band.
class Layer {
  private readonly path = new Path2D();
  private painted = 0; // up to which x

  constructor(private readonly band: Band, private readonly color: string) {}

  // What is painted already costs nothing: 10,000 spans are a few milliseconds.
  add(from: number, to: number) {
    if (to <= this.painted) return;
    this.path.rect(from, this.band.top, to - from, this.band.height);
    this.painted = to;
  }

  fill(c: CanvasRenderingContext2D, colors: Colors) {
    if (this.painted === 0) return;
    c.fillStyle = colors(this.color);
    c.fill(this.path);
  }
}

class Layers {
  private readonly plain: Layer;
  private readonly failed: Layer;
  private readonly running: Layer;

  constructor(band: Band) {
    this.plain = new Layer(band, band.color);
    this.failed = new Layer(band, "--err");
    this.running = new Layer(band, "--accent");
  }

  of(status: string): Layer { return status === "!" || status === "^" ? this.failed : status === "+" ? this.running : this.plain; }

  // Errors last, so that they are never painted over.
  get all(): Layer[] { return [this.plain, this.running, this.failed]; }
}

type Colors = (name: string) => string;

function draw(el: HTMLCanvasElement, m: Model, scale: Scale, now: number) {
  const ratio = devicePixelRatio || 1;
  const width = el.clientWidth;
  el.width = Math.max(Math.round(width * ratio), 1);
  el.height = Math.round(height * ratio);
  const c = el.getContext("2d");
  if (!c) return;
  c.scale(ratio, ratio);
  const layers = new Map(Object.entries(bands).map(([kind, band]) => [kind, new Layers(band)]));
  const { kind, status, start, ms } = m.trace.spans;
  for (let i = 0; i < m.count; i++) {
    const band = layers.get(kind.charAt(i));
    if (!band) continue;
    const from = start[i] ?? 0, took = ms[i] ?? 0;
    const x = scale.at(from) * width;
    const end = scale.at(took < 0 ? Math.max(now, from) : from + took) * width;
    band.of(took < 0 ? "+" : status.charAt(i)).add(x, Math.max(end, x + 0.6));
  }
  const colors: Colors = (name) => {
    el.style.color = `var(${name})`;
    return getComputedStyle(el).color;
  };
  for (const band of layers.values()) for (const layer of band.all) layer.fill(c, colors);
  if (scale.gaps.length === 0) return;
  c.fillStyle = colors("--line2");
  for (const g of scale.gaps) for (let y = 2; y < height; y += 5) c.fillRect(((scale.at(g.from) + scale.at(g.to)) / 2) * width - 1, y, 2, 2);
}
