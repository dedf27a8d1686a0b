// The time, for what counts on the screen.
import { signal } from "@preact/signals";

/** Every tenth of a second, for what runs. */
export const tenth = signal(Date.now());

/** Every second, for ages. */
export const second = signal(Date.now());

setInterval(() => {
  if (document.hidden) return;
  const now = Date.now();
  tenth.value = now;
  if (now - second.peek() >= 1000) second.value = now;
}, 100);
