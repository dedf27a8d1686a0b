// The sign of a span's kind: agent hexagon, model call star, tool square, span ring.
import type { ComponentChild } from "preact";
import type { Kind } from "../wire";
import { text } from "../text";

const starPoints = Array.from({ length: 10 }, (_, i) => {
  const radius = i % 2 ? 3.1 : 6.9;
  const angle = -Math.PI / 2 + (i * Math.PI) / 5;
  return `${(7 + radius * Math.cos(angle)).toFixed(2)},${(7.3 + radius * Math.sin(angle)).toFixed(2)}`;
}).join(" ");

const shapes: Record<Kind, () => ComponentChild> = {
  agent: () => <polygon points="7,0.8 12.6,3.9 12.6,10.1 7,13.2 1.4,10.1 1.4,3.9" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" />,
  llm: () => <polygon points={starPoints} fill="currentColor" />,
  tool: () => <rect x="2.2" y="2.2" width="9.6" height="9.6" rx="1" fill="currentColor" />,
  span: () => <circle cx="7" cy="7" r="4.4" fill="none" stroke="currentColor" stroke-width="1.8" />,
};

/** state recolours the sign: err for a failed span, run for a running one. */
export function Glyph({ kind, state, size = 13 }: { kind: Kind; state?: "err" | "run"; size?: number }) {
  return (
    <svg class={`g g-${state ?? kind}`} width={size} height={size} viewBox="0 0 14 14" role="img" aria-label={text.kind[kind]}>
      {shapes[kind]()}
    </svg>
  );
}
