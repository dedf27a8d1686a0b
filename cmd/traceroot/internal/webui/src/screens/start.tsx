// The first address: how to send spans while there are none, then the list.
import { useEffect, useState } from "preact/hooks";
import { firstRows } from "../page";
import { useLoad } from "../state/api";
import { storeEmpty } from "../state/status";
import type { RowPage } from "../wire";
import { ConnectScreen } from "./provided";
import { TracesScreen } from "./traces";

export function StartScreen() {
  const [came] = useState(firstRows);
  const asked = useLoad<RowPage>(came ? undefined : "/api/ui/traces?limit=1");
  const page = came ?? asked.data;
  const empty = page?.data.length === 0;
  useEffect(() => {
    storeEmpty.value = empty;
    return () => { storeEmpty.value = false; };
  }, [empty]);
  if (!page) return asked.error ? <TracesScreen /> : null;
  return empty ? <ConnectScreen /> : <TracesScreen />;
}
