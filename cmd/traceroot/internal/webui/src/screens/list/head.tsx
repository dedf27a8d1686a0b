// The heads of the columns. Those that sort say how.
import { useEffect, useRef } from "preact/hooks";
import { param, setParams } from "../../state/url";
import { Icon } from "../../ui/icon";
import { Menu, type MenuEntry } from "../../ui/menu";
import { changed } from "./model";
import { makeRoom } from "./row";
import { listText as t } from "./texts";

type Column = "start" | "latency" | "tokens" | "cost";

/** Largest first, then smallest first, then as usual: newest first. */
function nextSort(column: Column, sort: string): string | null {
  if (column === "start") return sort === "start" ? null : sort === "" ? "start" : null;
  if (sort === `-${column}`) return column;
  return sort === column ? null : `-${column}`;
}

/** The same where there is no room for columns. */
export function SortMenu() {
  const sort = param("sort");
  const entry = (value: string, label: string): MenuEntry => ({ label, checked: sort === value, onPick: () => setParams({ sort: value }, { push: true }) });
  const largest = (["latency", "tokens", "cost"] as const).map((column) => entry(`-${column}`, t.largest(t.columns[column])));
  return <Menu title={t.sort} entries={[entry("", t.newest), entry("start", t.oldest), ...largest]} label={<>{t.sort} <Icon name="down" size={9} /></>} />;
}

export function Head() {
  const sort = param("sort");
  const name = useRef<HTMLElement>(null);
  useEffect(() => {
    const sizes = new ResizeObserver(([column]) => { if (makeRoom(column?.contentRect.width ?? 0)) changed.value++; });
    if (name.current) sizes.observe(name.current);
    return () => sizes.disconnect();
  }, []);
  const head = (column: Column, numeric: boolean) => {
    const active = sort.replace("-", "") === column || (column === "start" && sort === "");
    const ascending = active && sort === column;
    return (
      <button class={numeric ? "num" : ""} title={t.sortBy(t.columns[column])} aria-pressed={active} onClick={() => setParams({ sort: nextSort(column, sort) }, { push: true })}>
        {t.columns[column]}{active ? (ascending ? " ↑" : " ↓") : ""}
      </button>
    );
  };
  return (
    <div class="tr th">
      <span />{head("start", false)}<span ref={name}>{t.columns.name}</span>
      <span class="shapehead" title={t.shapeTitle}>{t.columns.shape} <span class="t3 opt2">{t.columns.lanes}</span></span>
      {head("latency", true)}{head("tokens", true)}{head("cost", true)}
      <span>{t.columns.who}</span><span>{t.columns.tags}</span>
    </div>
  );
}
