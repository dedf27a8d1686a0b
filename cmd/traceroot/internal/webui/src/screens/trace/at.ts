// Positions are set through the CSS object model: the page's policy allows no style attributes.
type Place = { [property: string]: string };

/** A ref that gives an element a place on every render. */
export const at = (place: Place) => (el: Element | null) => {
  if (!(el instanceof HTMLElement || el instanceof SVGElement)) return;
  for (const [property, value] of Object.entries(place)) el.style.setProperty(property, value);
};

export const percent = (part: number) => `${(part * 100).toFixed(3)}%`;

/** The place of a bar, clipped to what is shown so that far zooms make no elements of millions of pixels. */
export function bar(from: number, to: number): Place {
  const a = Math.max(from, -0.5);
  const b = Math.min(to, 1.5);
  return { left: percent(a), width: percent(Math.max(b - a, 0)) };
}
