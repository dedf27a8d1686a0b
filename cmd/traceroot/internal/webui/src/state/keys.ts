// Keys. They never fire in inputs, under an open dialog, or with Ctrl, Cmd or Alt; letters can be switched off.
import { useLayoutEffect, useRef } from "preact/hooks";
import { letterKeys } from "./prefs";

/** By key as KeyboardEvent has it ("j", "Enter", "ArrowDown"), or a sequence: "g t". Returning false lets the key pass. */
export type Bindings = Record<string, (e: KeyboardEvent) => boolean | void>;

const layers: { current: Bindings }[] = [];

/** Binds keys while the component is there. What was bound last comes first. */
export function useKeys(bindings: Bindings): void {
  const layer = useRef(bindings);
  layer.current = bindings;
  // At once: a key that is pressed before the screen is painted is meant for it.
  useLayoutEffect(() => {
    layers.push(layer);
    return () => { layers.splice(layers.indexOf(layer), 1); };
  }, []);
}

let started = "";
let startedAt = 0;
const sequenceMs = 1000;

export function listenToKeys(): void {
  addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.isComposing) return;
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "k") {
      if (fire("Ctrl K", e)) e.preventDefault();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || document.querySelector("dialog[open], .menu")) return;
    if (e.key.length === 1 && e.key !== " " && !letterKeys.peek()) return;
    const pressed = sequence(e.key);
    if (fire(pressed, e)) e.preventDefault();
  });
}

function sequence(key: string): string {
  const first = performance.now() - startedAt < sequenceMs ? started : "";
  started = first === "" && key === "g" ? "g" : "";
  startedAt = performance.now();
  return first ? `${first} ${key}` : key;
}

function fire(key: string, e: KeyboardEvent): boolean {
  // Enter and Space belong to the button or link that has the focus.
  if ((key === "Enter" || key === " ") && (e.target as Element).closest?.("button, a, summary, [role=tab]")) return false;
  for (const layer of layers.toReversed()) {
    const action = layer.current[key];
    if (action && action(e) !== false) return true;
  }
  return false;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
