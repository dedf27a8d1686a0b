// What can wait does, until the reader sees what was asked for.
import { signal } from "@preact/signals";

let shown: Promise<unknown> = Promise.resolve();

/** Called while the first screen is drawn by one that has something to show only once that is settled. */
export function paintedAfter(work: Promise<unknown>): void { shown = work; }

let begin = () => {};

/** Settled once the first screen has been painted. */
export const painted = new Promise<void>((done) => { begin = done; }).then(paint);

/** The same for components. */
export const isPainted = signal(false);
void painted.then(() => { isPainted.value = true; });

/** Called once the first screen is drawn, on its way to being painted. */
export function drawn(): void { begin(); }

async function paint(): Promise<void> {
  await frame();
  await Promise.race([shown, pause(noAnswerMs)]);
  await frame(); // in which it is drawn
  await pause(0); // and on its way to the screen
}

const noFrameMs = 500; // no frame comes where nobody sees the page
const noAnswerMs = 5000; // then the reader is told what happens meanwhile, and what was asked for is asked for again

const pause = (ms: number): Promise<unknown> => new Promise((done) => setTimeout(done, ms));
const frame = (): Promise<unknown> => Promise.race([new Promise((done) => requestAnimationFrame(done)), pause(noFrameMs)]);
