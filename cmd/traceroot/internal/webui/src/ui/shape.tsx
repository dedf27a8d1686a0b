// The shape of a run at a glance: model calls above the line (thinking), tools below it (acting).
import type { Status } from "../wire";
import { text } from "../text";
import { Attributes, svg } from "./dom";

const width = 168;
const height = 22;
const middle = height / 2;

type Look = "llm" | "tool" | "err" | "run" | "hollow";

const fills: Record<Look, string> = { llm: "var(--k-llm)", tool: "var(--k-tool)", err: "var(--err)", run: "var(--accent)", hollow: "none" };

/** One path a colour: a row's shape costs a few nodes however many segments it has. */
interface Drawing { paths: Map<Look, string>; words: string }

/** Reads the wire's form, "L0-285 T285-391e": from and to in thousandths. */
function drawingOf(shape: string, status: Status | undefined): Drawing {
  const paths = new Map<Look, string>();
  let calls = 0, tools = 0;
  for (const segment of shape ? shape.split(" ") : []) {
    const model = segment.startsWith("L");
    if (model) calls++;
    else tools++;
    const dash = segment.indexOf("-");
    const from = parseInt(segment.slice(1, dash), 10) / 1000, to = parseInt(segment.slice(dash + 1), 10) / 1000;
    const name = lookOf(segment, model);
    const inset = name === "hollow" ? 0.6 : 0;
    const x = tenths(from * width + inset), w = tenths(Math.max(1.6 + inset, (to - from) * width - 0.8 - 2 * inset));
    const y = (model ? middle - 9 : middle + 2) + inset, h = 7 - 2 * inset;
    paths.set(name, `${paths.get(name) ?? ""}M${x} ${y}h${w}v${h}h${-w}z`);
  }
  return { paths, words: text.shape(calls, tools, status === "failed") };
}

function lookOf(segment: string, model: boolean): Look {
  if (segment.includes("r")) return "hollow";
  if (segment.includes("e")) return "err";
  return segment.includes("o") ? "run" : model ? "llm" : "tool";
}

const tenths = (n: number): number => Math.round(n * 10) / 10;

const frame = { width: String(width), height: String(height), viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img" } as const;
const axis = { d: `M0 ${middle}H${width}`, stroke: "var(--line)" };
const look = (name: Look) => ({ class: name === "run" ? "pulse" : "", fill: fills[name], stroke: name === "hollow" ? "var(--err)" : "none", "stroke-width": "1.2" });

export function Shape({ shape, status }: { shape: string; status?: Status }) {
  const { paths, words } = drawingOf(shape, status);
  return (
    <svg class="shape" {...frame} aria-label={words}>
      <path {...axis} />
      {[...paths].map(([name, d]) => <path key={name} {...look(name)} d={d} />)}
    </svg>
  );
}

/** The same as one element that shows another shape every time a row is filled. */
export class ShapeView {
  readonly element = svg("svg", { class: "shape", ...frame });
  private readonly paths = new Map<Look, Attributes>();
  private readonly label = new Attributes(this.element);
  private shown = "";

  constructor() { this.element.append(svg("path", axis)); }

  set(shape: string, status: Status): void {
    if (this.shown === shape + status) return;
    this.shown = shape + status;
    const { paths, words } = drawingOf(shape, status);
    this.label.set("aria-label", words);
    for (const [name, path] of this.paths) path.set("d", paths.get(name) ?? "");
    for (const [name, d] of paths) if (!this.paths.has(name)) this.add(name, d);
  }

  private add(name: Look, d: string): void {
    const path = svg("path", look(name));
    const attributes = new Attributes(path);
    attributes.set("d", d);
    this.element.append(path);
    this.paths.set(name, attributes);
  }
}
