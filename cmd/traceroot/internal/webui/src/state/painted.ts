// What can wait does, until the reader sees what was asked for.
import { signal } from "@preact/signals";

let shown: Promise<unknown> = Promise.resolve();

/** Called while the first screen is drawn by one that has something to show only once that is settled. */
export function paintedAfter(work: Promise<unknown>): void { shown = work; }

const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
const pause = (ms: number): Promise<unknown> => new Promise((done) => setTimeout(done, ms));
const longest = 1000; // to wait for it; no frame comes where nobody sees the page

async function paint(): Promise<void> {
  await frame();
  await shown;
  await frame(); // in which it is drawn
  await pause(0); // and on its way to the screen
}

/** Settled once the first screen has been painted. */
export const painted: Promise<unknown> = Promise.race([paint(), pause(longest)]);

/** The same for components. */
export const isPainted = signal(false);
void painted.then(() => { isPainted.value = true; });
