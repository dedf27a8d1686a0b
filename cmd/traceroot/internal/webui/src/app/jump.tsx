// Jump to anything: a trace by its id or its text, a tool, a user, a screen.
import { useEffect, useState } from "preact/hooks";
import { ApiError, get } from "../state/api";
import { navHref, type NavName } from "../routes";
import { go, href, traceHref } from "../state/url";
import { quoted, termsOf } from "../state/query";
import { text } from "../text";
import { Dialog } from "../ui/dialog";
import { ago, int } from "../ui/format";
import { Glyph } from "../ui/glyph";
import { Icon } from "../ui/icon";
import { visible } from "../ui/text";
import type { RowPage, Suggestions } from "../wire";

interface Target { group: string; label: string; note: string; to: string; sign: "trace" | "filter" | "screen" }

const pauseMs = 120;
const mostTraces = 8;
const mostFilters = 6;

export function Jump({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState<Target[]>([]);
  const [at, setAt] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const pause = setTimeout(() => {
      void search(typed.trim(), stop.signal).then((targets) => {
        if (stop.signal.aborted) return;
        setFound(targets);
        setAt(0);
      });
    }, typed ? pauseMs : 0);
    return () => { clearTimeout(pause); stop.abort(); };
  }, [typed]);
  const open = (target: Target | undefined) => {
    if (!target) return;
    onClose();
    go(target.to);
  };
  const onKey = (e: KeyboardEvent) => {
    if (e.isComposing) return;
    if (e.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
    else if (e.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (e.key === "Enter") open(found[at]);
    else return;
    e.preventDefault();
  };
  return (
    <Dialog title={text.jump.open} bare onClose={onClose}>
      <div class="jumper">
        <input autofocus value={typed} placeholder={text.jump.placeholder} spellcheck={false} autocomplete="off" role="combobox" aria-expanded="true" aria-controls="jumps"
          aria-label={text.jump.open} aria-activedescendant={found[at] ? `jump-${at}` : undefined} onInput={(e) => setTyped(e.currentTarget.value)} onKeyDown={onKey} />
        <div class="scroll" id="jumps" role="listbox" aria-label={text.jump.open}>
          {found.map((target, i) => (
            <>
              {target.group !== found[i - 1]?.group && <div class="head" role="presentation">{target.group}</div>}
              <div role="option" id={`jump-${i}`} aria-selected={i === at} ref={(e) => { if (e && i === at) e.scrollIntoView({ block: "nearest" }); }} onClick={() => open(target)}>
                <Sign of={target.sign} /><span class="ell">{target.label}</span><span class="grow" /><span class="t3 s nowrap">{target.note}</span>
              </div>
            </>
          ))}
          {found.length === 0 && typed && <p class="head">{text.jump.nothing}</p>}
        </div>
      </div>
    </Dialog>
  );
}

function Sign({ of: sign }: { of: Target["sign"] }) {
  if (sign === "trace") return <Glyph kind="agent" />;
  return <Icon name={sign === "filter" ? "find" : "right"} />;
}

async function search(typed: string, stop: AbortSignal): Promise<Target[]> {
  const screens = (Object.keys(navHref) as NavName[])
    .filter((name) => text.nav[name].toLowerCase().startsWith(typed.toLowerCase()))
    .map((name): Target => ({ group: text.jump.screens, label: text.nav[name], note: "", to: navHref[name], sign: "screen" }));
  if (!typed) return screens;
  const [byId, filters, traces] = await Promise.all([
    /^[0-9a-f]{8,32}$/i.test(typed) ? rowsOf(`trace:${typed.toLowerCase()}`, stop) : [],
    suggested(typed, stop),
    rowsOf(asQuery(typed), stop),
  ]);
  const everywhere: Target = { group: text.jump.filters, label: text.jump.search(visible(typed)), note: "", to: href("/traces", { q: asQuery(typed) }), sign: "filter" };
  return [...byId, ...screens, ...filters, ...traces, everywhere];
}

/** Words are searched; a query stays one. */
const asQuery = (typed: string): string => (termsOf(typed).some((term) => term.key) ? typed : typed.split(/\s+/).map((word) => (/["\\-]/.test(word) ? quoted(word) : word)).join(" "));

async function rowsOf(q: string, stop: AbortSignal): Promise<Target[]> {
  const page = await quiet(get<RowPage>(href("/api/ui/traces", { q, limit: String(mostTraces) }), stop));
  return (page?.data ?? []).map((row) => ({
    group: text.jump.traces, label: visible(`${row.name}  ${row.asked ?? ""}`).replace(/\s+/g, " "), note: ago(Date.parse(row.start), Date.now()), to: traceHref(row.id), sign: "trace",
  }));
}

async function suggested(typed: string, stop: AbortSignal): Promise<Target[]> {
  const found = await quiet(get<Suggestions>(href("/api/ui/suggest", { q: typed, at: String(typed.length) }), stop));
  return (found?.data ?? []).filter((s) => !/[:.<>=~]$/.test(s.text)).slice(0, mostFilters).map((s) => ({
    group: text.jump.filters, label: visible(s.text), note: s.count === undefined ? "" : int(s.count),
    to: href("/traces", { q: typed.slice(0, s.from) + s.text + typed.slice(s.to) }), sign: "filter",
  }));
}

/** What one source does not know, another may. */
async function quiet<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError || error instanceof DOMException) return undefined;
    throw error;
  }
}
