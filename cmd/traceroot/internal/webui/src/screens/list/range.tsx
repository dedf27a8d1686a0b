// The range of time. Relative ranges stay relative: a link to the last 24 hours is one tomorrow too.
import { useState } from "preact/hooks";
import { param, setParams } from "../../state/url";
import { Dialog } from "../../ui/dialog";
import { clock, day } from "../../ui/format";
import { Icon } from "../../ui/icon";
import { Menu, type MenuEntry } from "../../ui/menu";
import { listText as t } from "./texts";

export function Range() {
  const [custom, setCustom] = useState(false);
  const from = param("from");
  const to = param("to");
  const choose = (range: string) => setParams({ from: range, to: null }, { push: true });
  const entries: MenuEntry[] = [
    ...t.ranges.map(([range, label]): MenuEntry => ({ label, checked: from === range && !to, onPick: () => choose(range) })),
    { label: t.allTime, checked: !from && !to, onPick: () => choose("") },
    "line",
    { label: t.custom, onPick: () => setCustom(true) },
  ];
  return (
    <>
      <Menu title={t.range} entries={entries} label={<>{labelOf(from, to)} <Icon name="down" size={9} /></>} />
      {custom && <Custom from={from} to={to} onClose={() => setCustom(false)} />}
    </>
  );
}

function labelOf(from: string, to: string): string {
  if (!from && !to) return t.allTime;
  const known = t.ranges.find(([range]) => range === from && !to);
  if (known) return known[1];
  return `${momentOf(from) ?? "…"} – ${momentOf(to) ?? t.now}`;
}

function momentOf(text: string): string | undefined {
  if (!text) return undefined;
  if (text.startsWith("-")) return text;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const today = day(at) === day(new Date());
  return today ? clock(at, false) : `${day(at).replace(/ \d{4}$/, "")}, ${clock(at, false)}`;
}

function Custom({ from, to, onClose }: { from: string; to: string; onClose: () => void }) {
  const submit = (e: Event) => {
    e.preventDefault();
    const fields = new FormData(e.currentTarget as HTMLFormElement);
    const utc = (name: string) => {
      const text = String(fields.get(name) ?? "");
      return text ? new Date(text).toISOString() : null;
    };
    onClose();
    setParams({ from: utc("from"), to: utc("to") }, { push: true });
  };
  return (
    <Dialog title={t.range} onClose={onClose}>
      <form class="rangeform" onSubmit={submit}>
        <label>{t.from}<input type="datetime-local" name="from" step="1" defaultValue={local(from)} /></label>
        <label>{t.to}<input type="datetime-local" name="to" step="1" defaultValue={local(to)} /></label>
        <button class="btn">{t.apply}</button>
      </form>
    </Dialog>
  );
}

/** A moment in the form of the input, which is in the reader's zone. */
function local(text: string): string {
  const at = new Date(text);
  if (!text || Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
