// The first address: how to send spans while there are none, then the list.
import { useLoad } from "../state/api";
import { readPage } from "../page";
import { go } from "../state/url";
import type { RowPage } from "../wire";
import { ConnectScreen } from "./connect";
import { TracesScreen } from "./traces";

export function StartScreen() {
  const came = readPage().first;
  const asked = useLoad<RowPage>(came ? undefined : "/api/ui/traces?limit=1");
  const page = came ?? asked.data;
  if (!page) return asked.error ? <TracesScreen /> : null;
  return page.data.length > 0 ? <TracesScreen /> : <ConnectScreen onArrival={() => go("/traces", { replace: true })} />;
}
