// What the dashboard shows: split by what, which traces, which time.
import type { RefObject } from "preact";
import { setParams } from "../state/url";
import { Icon } from "../ui/icon";
import { Menu } from "../ui/menu";
import { DEFAULT_RANGE, DIMENSIONS, RANGES, rangeText, type Dimension, type Scope } from "./dashboard-data";
import { words } from "./dashboard-text";

export function Controls({ by, scope, search }: { by: Dimension; scope: Scope; search: RefObject<HTMLInputElement | null> }) {
  const range = rangeText(scope.from);
  const shown = range ? words.lastRange(range) : `${words.since} ${scope.from.slice(0, 16).replace("T", " ")}`;
  const submit = (e: Event) => {
    e.preventDefault();
    setParams({ q: search.current?.value.trim() }, { push: true });
    search.current?.blur();
  };
  const leave = (e: KeyboardEvent) => {
    if (e.key !== "Escape" || !search.current) return;
    search.current.value = scope.q;
    search.current.blur();
  };
  return (
    <div class="bar1">
      <span class="seg" role="group" aria-label={words.splitBy}>
        {DIMENSIONS.map((name) => <button key={name} aria-pressed={name === by} onClick={() => setParams({ by: name === "model" ? "" : name })}>{words.by[name]}</button>)}
      </span>
      <form class="query" role="search" onSubmit={submit}>
        <input key={scope.q} ref={search} type="text" aria-label={words.filter} title={`${words.filter} (/)`} placeholder={words.placeholder} defaultValue={scope.q} spellcheck={false} autocomplete="off" onKeyDown={leave} />
      </form>
      <span class="grow" />
      {range && <span class="t3 s">{words.compared(range)}</span>}
      <Menu title={words.range} label={<>{shown} <Icon name="down" size={9} /></>}
        entries={RANGES.map((from) => ({ label: words.lastRange(rangeText(from) ?? ""), checked: from === scope.from, onPick: () => setParams({ from: from === DEFAULT_RANGE ? "" : from, to: "" }) }))} />
    </div>
  );
}
