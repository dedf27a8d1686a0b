// What a reader chose for all pages: theme, widths, defaults. It is in localStorage, and the same in every tab.
import { effect, signal, type Signal } from "@preact/signals";

const prefix = "traceroot.";

/** A signal that outlives the page. Without storage it lives as long as the page. */
export function pref<T>(name: string, initial: T): Signal<T> {
  const key = prefix + name;
  const chosen = signal<T>(read(key, initial));
  let stored = chosen.peek();
  effect(() => {
    if (chosen.value !== stored) write(key, chosen.value, initial);
    stored = chosen.value;
  });
  addEventListener("storage", (e) => { if (e.key === key) chosen.value = read(key, initial); });
  return chosen;
}

function read<T>(key: string, initial: T): T {
  try {
    const stored = localStorage.getItem(key);
    return stored === null ? initial : (JSON.parse(stored) as T);
  } catch {
    return initial;
  }
}

function write(key: string, value: unknown, initial: unknown): void {
  try {
    if (value === initial) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or switched off: the choice lasts as long as the page.
  }
}

/** Answers are laid out as the Markdown that they mostly are, or shown as written. */
export const formatted = pref("formatted", true);

/** Single-letter keys can be switched off, for those who speak to their machine (WCAG 2.1.4). */
export const letterKeys = pref("keys", true);
