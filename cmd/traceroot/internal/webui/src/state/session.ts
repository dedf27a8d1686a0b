// Whether the server wants a key from this browser.
import { signal } from "@preact/signals";

export const signedOut = signal(false);
