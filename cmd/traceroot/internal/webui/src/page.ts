// What the page brought along, so that the first rows are painted before anything was asked.
import { resync } from "./state/events";
import type { RowPage, ServerStatus } from "./wire";

interface PageData {
  feed: string; // the script of the shared worker
  status?: ServerStatus;
  first?: RowPage; // the list without a query
}

let read: PageData | undefined;

export function readPage(): PageData {
  read ??= JSON.parse(document.getElementById("data")?.textContent ?? "{}") as PageData;
  return read;
}

/**
 * The rows of the list that came with the page. They are old once events come in: what happens before that is asked for
 * when the first connection stands.
 */
export function firstRows(): RowPage | undefined {
  return resync.peek() === 0 ? readPage().first : undefined;
}
