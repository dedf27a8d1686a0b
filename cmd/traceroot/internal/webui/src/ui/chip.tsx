import type { ComponentChildren } from "preact";

/** strong: what matters most; err: failed; hollow: an error that was survived; live: running. */
export function Chip({ look = "", title, children }: { look?: "" | "strong" | "err" | "hollow" | "live"; title?: string; children: ComponentChildren }) {
  return <span class={`chip ${look}`} title={title}>{children}</span>;
}
