// Short messages: what was copied, what could not be done. And the one polite live region of the page.
import { signal } from "@preact/signals";
import { text } from "../text";

const shown = signal("");
const on = signal(false);
let fading: ReturnType<typeof setTimeout> | undefined;

/** Shows a message for a moment, and has it read out. */
export function toast(message: string): void {
  shown.value = message;
  on.value = true;
  clearTimeout(fading);
  fading = setTimeout(() => { on.value = false; }, 1800);
  say(message);
}

/** Puts a whole value on the clipboard. */
export async function copy(value: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value);
    toast(text.copied(what));
  } catch {
    toast(text.notCopied);
  }
}

const spoken = signal("");
const quietMs = 5000;
let lastSaid = -quietMs;
let waiting: string | undefined;

/** Has a sentence read out: at most one in five seconds, and of those that come in between the last. */
export function say(sentence: string): void {
  const wait = lastSaid + quietMs - performance.now();
  if (wait <= 0) {
    lastSaid = performance.now();
    spoken.value = sentence;
    return;
  }
  if (waiting === undefined) {
    setTimeout(() => {
      const latest = waiting ?? "";
      waiting = undefined;
      say(latest);
    }, wait);
  }
  waiting = sentence;
}

export function Messages() {
  return (
    <>
      <div class={on.value ? "toast on" : "toast"} aria-hidden="true">{shown}</div>
      <div class="sr" role="status" aria-live="polite">{spoken}</div>
    </>
  );
}
