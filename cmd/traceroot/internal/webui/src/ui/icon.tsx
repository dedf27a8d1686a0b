// Icons. Each stands beside a word or in a button with a title, so none is read out.
import type { ComponentChild } from "preact";

const stroke = (d: string, width: number) => <path d={d} fill="none" stroke="currentColor" stroke-width={width} />;

const shapes = {
  err: () => <path d="M7 1.2 13 12.4H1z" fill="currentColor" />,
  errh: () => <path d="M7 2.2 12.2 11.7H1.8z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round" />,
  ok: () => stroke("M2.5 7.5 5.6 10.5 11.5 3.8", 1.6),
  link: () => stroke("M5.5 3H3v8h8V8.5M8 3h3v3M11 3 6.5 7.5", 1.3),
  copy: () => stroke("M4.5 4.5h7v7h-7zM9.5 4.5v-2h-7v7h2", 1.2),
  find: () => [<circle cx="6" cy="6" r="3.8" fill="none" stroke="currentColor" stroke-width="1.4" />, <path d="m9 9 3.5 3.5" stroke="currentColor" stroke-width="1.4" />],
  right: () => stroke("m5 2.5 4.5 4.5L5 11.5", 1.4),
  down: () => stroke("m2.5 5 4.5 4.5L11.5 5", 1.4),
  left: () => stroke("M9 2.5 4.5 7 9 11.5", 1.4),
  x: () => stroke("m3.5 3.5 7 7m0-7-7 7", 1.3),
  half: () => [<circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="1.3" />, <path d="M7 2a5 5 0 0 1 0 10z" fill="currentColor" />],
  back: () => stroke("M12 7H3m3.5-4L2.5 7l4 4", 1.3),
} satisfies Record<string, () => ComponentChild>;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 12, class: extra = "" }: { name: IconName; size?: number; class?: string }) {
  return (
    <svg class={`g ${extra}`} width={size} height={size} viewBox="0 0 14 14" aria-hidden="true">
      {shapes[name]()}
    </svg>
  );
}
