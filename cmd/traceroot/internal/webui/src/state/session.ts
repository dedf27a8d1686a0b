// Whether the server wants a key from this browser.
import { signal } from "@preact/signals";

export const signedOut = signal(false);

/** Whether the server has said so: before that, questions might be refused. */
export const asked = signal(false);
