// The order of the list from which a trace was opened, so that [ and ] go through it.
import { signal } from "@preact/signals";

export const order = signal<readonly string[]>([]);

/** The address of that list, to go up to. */
export const listAddress = signal("/traces");
