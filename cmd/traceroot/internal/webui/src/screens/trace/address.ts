// What of the screen is in the URL: /t/{trace}?span=…&tab=…&msgs=all&col=cost&zoom=8.4s-9.8s&fold=…&find=…
export type Column = "time" | "tokens" | "cost";

export interface Address {
  span: string;
  tab: string;
  all: boolean; // messages as sent, not only the new ones
  col: Column;
  zoom: [number, number] | null; // ms since the start of the trace
  fold: string[]; // rows that the reader turned
  find: string;
}

export function readAddress(q: URLSearchParams, column: Column): Address {
  return {
    span: q.get("span") ?? "",
    tab: q.get("tab") ?? "",
    all: q.get("msgs") === "all",
    col: readColumn(q.get("col")) ?? column,
    zoom: readZoom(q.get("zoom") ?? ""),
    fold: (q.get("fold") ?? "").split(",").filter(Boolean),
    find: q.get("find") ?? "",
  };
}

// writeAddress keeps what other parts of the page put into the URL, such as the query of the list. A column other than the
// first is in it also where it is this reader's usual one: others have another.
export function writeAddress(q: URLSearchParams, a: Address, column: Column): URLSearchParams {
  const out = new URLSearchParams(q);
  const set = (key: string, value: string) => (value ? out.set(key, value) : out.delete(key));
  set("span", a.span);
  set("tab", a.tab);
  set("msgs", a.all ? "all" : "");
  set("col", a.col === "time" && column === "time" ? "" : a.col);
  set("zoom", a.zoom ? `${writeTime(a.zoom[0])}-${writeTime(a.zoom[1])}` : "");
  set("fold", a.fold.join(","));
  set("find", a.find);
  return out;
}

export const readColumn = (text: string | null): Column | null =>
  text === "time" || text === "tokens" || text === "cost" ? text : null;

const units: Record<string, number> = { us: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 36e5 };

function readTime(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(text);
  return parts ? Number(parts[1]) * (units[parts[2] ?? ""] ?? NaN) : NaN;
}

function readZoom(text: string): [number, number] | null {
  const [from = NaN, to = NaN] = text.split("-").map(readTime);
  return to > from ? [from, to] : null;
}

const writeTime = (ms: number): string =>
  ms < 1 ? `${Math.round(ms * 1e3)}us` : ms < 1e3 ? `${Number(ms.toFixed(2))}ms` : `${Number((ms / 1e3).toFixed(3))}s`;
