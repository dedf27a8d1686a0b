// The address: everything that a person would want to send is in it. Opening pushes, moving a selection replaces.
import { computed, signal } from "@preact/signals";

const here = signal(location.pathname + location.search);

/** The path, decoded by no one: "/t/7f3a…". */
export const path = computed(() => here.value.split("?", 1)[0] ?? "/");

/** The parameters. Reading one subscribes to the address. */
export const params = computed(() => new URLSearchParams(here.value.slice(path.value.length)));

export const param = (name: string): string => params.value.get(name) ?? "";

addEventListener("popstate", () => { here.value = location.pathname + location.search; });

/** Goes to an address of this page. */
export function go(to: string, { replace = false } = {}): void {
  if (to === here.peek()) return;
  if (replace) history.replaceState(history.state, "", to);
  else history.pushState(null, "", to);
  here.value = to;
}

/** Changes parameters and keeps the others; empty ones are left out. Replaces the address unless told to push. */
export function setParams(changes: Record<string, string | null | undefined>, { push = false } = {}): void {
  go(hrefWith(changes), { replace: !push });
}

/** The address with these parameters changed. */
export function hrefWith(changes: Record<string, string | null | undefined>): string {
  const next = new URLSearchParams(params.peek());
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return href(path.peek(), next);
}

/** An address from a path and parameters; empty ones are left out. Colons, commas and slashes stay readable. */
export function href(to: string, query: URLSearchParams | Record<string, string | undefined>): string {
  const all = query instanceof URLSearchParams ? [...query] : Object.entries(query);
  const text = all.flatMap(([name, value]) => (value ? [`${enc(name)}=${enc(value)}`] : [])).join("&");
  return text ? `${to}?${text}` : to;
}

const enc = (part: string): string =>
  encodeURIComponent(part).replace(/%(?:3A|2C|2F|3E|3C|20)/g, (code) => ({ "%3A": ":", "%2C": ",", "%2F": "/", "%3E": ">", "%3C": "<", "%20": "+" })[code] ?? code);

/** The address of a trace, and of a span in it. */
export function traceHref(trace: string, span = ""): string {
  const to = `/t/${encodeURIComponent(trace)}`;
  return span ? href(to, { span }) : to;
}

/** The whole address, to be sent to somebody. */
export const absolute = (to: string): string => new URL(to, location.origin).href;

/** What Back brings back besides the address: a place in a list. It belongs to this entry of the history. */
export const remembered = <T>(name: string): T | undefined => (history.state as Record<string, T> | null)?.[name];

export function remember(name: string, value: unknown): void {
  history.replaceState({ ...(history.state as object | null), [name]: value }, "");
}

/** Links of this page change the address without loading it anew. */
export function followLinks(): void {
  document.addEventListener("click", (e) => {
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    const link = (e.target as Element).closest?.("a[href]"); // of HTML or of a chart
    if (!link || link.hasAttribute("target") || link.hasAttribute("download")) return;
    const to = new URL(link.getAttribute("href") ?? "", location.href);
    if (to.origin !== location.origin || to.pathname.startsWith("/api/")) return;
    e.preventDefault();
    go(to.pathname + to.search);
  });
}
