// What the page brought along, so that the first rows are painted before anything was asked.
import type { RowPage } from "./wire";

interface PageData {
  feed: string; // the script of the shared worker
  first?: RowPage; // the list without a query
}

let read: PageData | undefined;

export function readPage(): PageData {
  read ??= JSON.parse(document.getElementById("data")?.textContent ?? "{}") as PageData;
  return read;
}

/** The rows of the list that came with the page. They are told once: later they are old. */
export function takeFirstRows(): RowPage | undefined {
  const { first } = readPage();
  delete readPage().first;
  return first;
}
