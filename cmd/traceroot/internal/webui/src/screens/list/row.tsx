// One row of the list. Its elements are made once, and filled with another trace whenever the list is scrolled: with
// components, a row that nobody has time to read would cost as much as one that stays.
import { effect } from "@preact/signals";
import { render } from "preact";
import { tenth } from "../../state/clock";
import { connection } from "../../state/events";
import { traceHref } from "../../state/url";
import { Attributes, el, Words } from "../../ui/dom";
import { ago, dur, k, moment, usd } from "../../ui/format";
import { Icon, type IconName } from "../../ui/icon";
import { ShapeView } from "../../ui/shape";
import { visible } from "../../ui/text";
import type { Slot } from "../../ui/virtual";
import type { Row as RowData } from "../../wire";
import { streamOf } from "./model";
import { listText as t } from "./texts";

/** What a row shows, and how it stands in the list. */
export interface Shown { row: RowData; now: number; count: number; selected: boolean; marked: boolean }

export const rowId = (id: string): string => `row-${id}`;

/** Elements that show what find says of their index. */
export class Row implements Slot {
  private readonly link = el("a", "tr");
  private readonly attributes = new Attributes(this.link);
  private readonly signs = el("span", "st");
  private readonly at = new Words(el("span", "at t2 s"));
  private readonly times = new Attributes(this.at.element);
  private readonly name = new Words(el("b"));
  private readonly asked = new Words(el("span", "t2 s asked"));
  private readonly outcome = new Words(el("span"));
  private readonly io = el("div", "io ell", this.outcome.element);
  private readonly shape = new ShapeView();
  private readonly latency = new Words(el("span"));
  private readonly latencyCost = new Words(el("span", "m-only t3"));
  private readonly tokens = new Words(el("span", "num tokc t2"));
  private readonly cost = new Words(el("span", "num cst"));
  private readonly user = new Words(el("div", "ell"));
  private readonly session = new Words(el("div", "ell t3 xs"));
  private readonly tags = el("div", "tags");
  private started = "";
  private start = 0;
  private signed = "";
  private runs: Element | undefined;
  private failed: Sign | undefined;
  private recovered: Sign | undefined;
  private tagged = "";
  private readonly chips: Words[] = [];
  private caret: Element | undefined;
  private ticking: (() => void) | undefined;

  constructor(root: HTMLElement, private readonly find: (index: number) => Shown | undefined) {
    this.link.draggable = false;
    this.link.tabIndex = -1;
    this.attributes.set("role", "option");
    this.link.append(
      this.signs, this.at.element, el("div", "mainc", el("div", "nm ell", this.name.element, this.asked.element), this.io), this.shape.element,
      el("span", "num lat", this.latency.element, this.latencyCost.element), this.tokens.element, this.cost.element,
      el("div", "who", this.user.element, this.session.element), this.tags,
    );
    root.append(this.link);
  }

  fill(index: number): void {
    const shown = this.find(index);
    if (!shown) return;
    const { row } = shown;
    this.place(index, shown);
    this.sign(row);
    this.tell(row);
    this.count(row, shown.now);
    this.tag(row);
  }

  clear(): void { this.ticking?.(); }

  private place(index: number, { row, count, selected, marked }: Shown): void {
    const { attributes } = this;
    attributes.set("class", `tr${selected ? " sel" : ""}${marked ? " marked" : ""}`);
    attributes.set("id", rowId(row.id));
    attributes.set("href", traceHref(row.id));
    attributes.set("data-id", row.id);
    attributes.set("aria-selected", String(selected));
    attributes.set("aria-posinset", String(index + 1));
    attributes.set("aria-setsize", String(count));
  }

  private sign(row: RowData): void {
    const signed = `${row.status} ${row.failed ?? ""} ${row.recovered ?? ""}`;
    if (signed === this.signed) return;
    this.signed = signed;
    const signs: Element[] = [];
    if (row.status === "running") signs.push(this.runs ??= runningDot());
    if (row.status === "failed") signs.push((this.failed ??= new Sign("err")).show(t.failed(row.failed ?? 1), row.failed || ""));
    if (row.status !== "running" && row.recovered) signs.push((this.recovered ??= new Sign("errh")).show(t.recovered(row.recovered), row.recovered));
    this.signs.replaceChildren(...signs);
  }

  private tell(row: RowData): void {
    this.name.setForeign(line(row.name));
    this.asked.setForeign(line(row.asked, room));
    const running = row.status === "running";
    const told = running ? streamOf(row.id) ?? row.outcome : row.outcome;
    this.outcome.setForeign(line(told, room), running ? "ok stream" : row.status === "failed" ? "err" : "");
    if (running && !this.caret) this.io.append(this.caret = el("span", "caret"));
    if (!running && this.caret) {
      this.caret.remove();
      this.caret = undefined;
    }
    this.user.setForeign(row.user ?? t.noUser, row.user ? "ell" : "ell t3");
    this.session.setForeign(row.session ?? t.spans(row.spans));
    this.shape.set(row.shape ?? "", row.status);
  }

  private count(row: RowData, now: number): void {
    if (row.start !== this.started) {
      this.started = row.start;
      this.start = Date.parse(row.start);
      this.times.set("title", moment(new Date(this.start)));
    }
    const { start } = this;
    const running = row.status === "running";
    this.at.set(running ? t.now : ago(start, now), running ? "at s ok" : "at t2 s");
    this.ticking?.();
    this.ticking = undefined;
    if (row.ms === null) this.ticking = effect(() => this.latency.set(dur(elapsed(start)), "ok"));
    else this.latency.set(dur(row.ms), "");
    const used = row.in + row.out > 0;
    const cost = costOf(row);
    this.latencyCost.set(` · ${cost}`);
    this.tokens.set(used ? `${row.estimated ? "≈ " : ""}${k(row.in)} / ${k(row.out)}` : t.noUsage, used ? "num tokc t2" : "num tokc t3");
    this.cost.set(cost);
  }

  private tag(row: RowData): void {
    const env = row.env && row.env !== "dev" ? [row.env] : [];
    const texts = [...(row.tags ?? []), ...env];
    const tagged = texts.join("\n");
    if (tagged === this.tagged) return;
    this.tagged = tagged;
    texts.forEach((tag, n) => {
      const chip = (this.chips[n] ??= new Words(el("span")));
      chip.set(visible(tag), n < texts.length - env.length ? "chip" : "chip strong");
      chip.element.title = visible(tag);
      if (!chip.element.isConnected) this.tags.append(chip.element);
    });
    for (const chip of this.chips.slice(texts.length)) chip.element.remove();
  }
}

function runningDot(): Element {
  const dot = el("span", "dot pulse g-run");
  dot.role = "img";
  dot.ariaLabel = t.running;
  return dot;
}

/** An icon and how many there are of what it means. */
class Sign {
  private readonly element = el("span");
  private readonly count: Words;

  constructor(icon: IconName) {
    render(<Icon name={icon} />, this.element);
    this.count = new Words(this.element);
  }

  show(title: string, count: number | ""): Element {
    this.element.title = title;
    this.count.set(String(count));
    return this.element;
  }
}

/** Time that runs, counted here; it stands still while the server is away. */
function elapsed(start: number): number {
  const now = connection.value === "lost" ? tenth.peek() : tenth.value;
  return Math.max(0, now - start);
}

function costOf(row: RowData): string {
  if (row.cost === 0 && row.in + row.out === 0) return t.nothing;
  if (row.partial && row.cost === 0) return t.noPrice;
  return usd(row.cost, row.partial);
}

let room = Infinity;

/** How wide texts may become: what no reader sees has not to be laid out. It reports whether that is more than before. */
export function makeRoom(pixels: number): boolean {
  const before = room;
  const narrowest = 4; // a character of prose, on average
  room = pixels > 0 ? Math.ceil(pixels / narrowest) : Infinity;
  return room > before;
}

/** Texts of several lines stand in one. */
function line(text = "", most = Infinity): string {
  const whole = (/\s{2}|[^\S ]/.test(text) ? text.replace(/\s+/g, " ") : text).trim();
  return whole.length > most ? `${whole.slice(0, most)}…` : whole;
}
