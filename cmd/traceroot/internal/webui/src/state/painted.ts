// What can wait does, until the reader sees something.
import { signal } from "@preact/signals";

/** Settled once the first screen has been painted, or would have been if anybody saw the page. */
export const painted: Promise<void> = new Promise((done) => {
  const unseenMs = 500;
  const timer = setTimeout(done, unseenMs);
  requestAnimationFrame(() => requestAnimationFrame(() => { // in the first it is drawn, in the second it is on its way to the screen
    clearTimeout(timer);
    setTimeout(done);
  }));
});

/** The same for components. */
export const isPainted = signal(false);
void painted.then(() => { isPainted.value = true; });
