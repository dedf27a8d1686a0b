// Elements that are made once and written again and again, for what is too frequent for components.
import { h, render } from "preact";
import { isPlain, Text } from "./text";

export function el<K extends keyof HTMLElementTagNameMap>(tag: K, css = "", ...children: Node[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (css) made.className = css;
  made.append(...children);
  return made;
}

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string>): SVGElementTagNameMap[K] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** The text of an element, and its class where that changes too. */
export class Words {
  private shown = "";
  private css: string;
  private drawn = false; // by a component: it has hidden characters
  private readonly node = document.createTextNode("");

  constructor(readonly element: HTMLElement) {
    this.css = element.className;
    element.append(this.node);
  }

  set(text: string, css = this.css): void {
    if (css !== this.css) this.element.className = this.css = css;
    if (text === this.shown) return;
    if (this.drawn) this.plain();
    this.shown = this.node.data = text;
  }

  /** The same for text that somebody else wrote. */
  setForeign(text: string, css = this.css): void {
    if (text === this.shown || isPlain(text)) return this.set(text, css);
    this.set("", css);
    this.node.remove();
    render(h(Text, { value: text }), this.element);
    this.shown = text;
    this.drawn = true;
  }

  private plain(): void {
    render(null, this.element);
    this.element.append(this.node);
    this.drawn = false;
  }
}

/** Attributes of an element, of which only those are written that changed. */
export class Attributes {
  private readonly shown: Record<string, string> = {};

  constructor(private readonly element: Element) {}

  set(name: string, value: string): void {
    if (this.shown[name] === value) return;
    this.shown[name] = value;
    this.element.setAttribute(name, value);
  }
}
