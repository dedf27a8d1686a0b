// The traces before and after this one in the list that it was opened from.
import { get } from "../../state/api";
import { listAddress, order } from "../../state/listorder";
import { go, traceHref } from "../../state/url";
import { toast } from "../../ui/toast";
import type { RowPage } from "../../wire";

/** Goes up to the list, with its query. */
export const toList = (): void => go(listAddress.peek());

const most = 200;

/** Opens the next trace of the list, or the one before. A trace that was opened by a link has no list but that of all. */
export async function neighbour(id: string, step: 1 | -1): Promise<void> {
  if (order.peek().length === 0) order.value = await newest();
  const at = order.peek().indexOf(id);
  const next = at < 0 ? undefined : order.peek()[at + step];
  if (next !== undefined) go(traceHref(next));
  else toast(at < 0 ? "This trace is not in the list" : step > 0 ? "This is the last trace of the list" : "This is the first trace of the list");
}

async function newest(): Promise<string[]> {
  const query = new URLSearchParams(listAddress.peek().split("?")[1] ?? "");
  query.set("limit", String(most));
  const page = await get<RowPage>(`/api/ui/traces?${query}`);
  return page.data.map((row) => row.id);
}
