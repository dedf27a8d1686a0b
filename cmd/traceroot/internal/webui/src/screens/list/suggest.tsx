// Keys and values for the term under the caret, with counts.
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../../state/api";
import { href } from "../../state/url";
import { int } from "../../ui/format";
import { visible } from "../../ui/text";
import type { Suggestion, Suggestions } from "../../wire";

const listId = "suggestions";
const optionId = (i: number): string => `suggestion-${i}`;
const pauseMs = 80;

/** What can be typed where the server has no suggestions. */
const keys = ["status:", "agent:", "tool:", "model:", "user:", "session:", "tag:", "env:", "cost:>", "tokens:>", "latency:>", "ttft:>", "errors:>", "service:", "version:", "attr."];

export function useSuggestions(input: RefObject<HTMLInputElement | null>, before: string, typed: string, accept: (text: string, done: boolean) => void) {
  const [all, setAll] = useState<Suggestion[]>([]);
  const [at, setAt] = useState(-1);
  const [focused, setFocused] = useState(false);
  const [closed, setClosed] = useState(false); // until something is typed
  const lead = before ? `${before} ` : "";

  useEffect(() => {
    setAt(-1);
    if (!focused || closed) return;
    const stop = new AbortController();
    const caret = input.current?.selectionStart ?? typed.length;
    const ask = () => {
      get<Suggestions>(href("/api/ui/suggest", { q: lead + typed, at: String(lead.length + caret) }), stop.signal)
        .then(({ data }) => setAll(data.filter((s) => s.from >= lead.length)), () => setAll(known(typed, caret, lead.length)));
    };
    const pause = setTimeout(ask, pauseMs);
    return () => { clearTimeout(pause); stop.abort(); };
  }, [typed, lead, focused, closed]);

  const open = focused && !closed && all.length > 0;
  const pick = (suggestion: Suggestion) => {
    const rest = typed.slice(suggestion.to - lead.length);
    const text = typed.slice(0, suggestion.from - lead.length) + suggestion.text;
    const done = !/[:.<>=~]$/.test(suggestion.text);
    setClosed(done);
    accept(text + (done ? " " : "") + rest, done);
  };
  const onKey = (e: KeyboardEvent): boolean => {
    if (!open || e.isComposing) return false;
    const chosen = all[at];
    if (e.key === "ArrowDown") setAt((at + 1) % all.length);
    else if (e.key === "ArrowUp") setAt(at <= 0 ? all.length - 1 : at - 1);
    else if ((e.key === "Enter" || e.key === "Tab") && chosen) pick(chosen);
    else if (e.key === "Escape" && typed) setClosed(true);
    else return false;
    e.preventDefault();
    return true;
  };
  return {
    all, at, open, pick, onKey, onTyped: () => setClosed(false),
    inputProps: {
      role: "combobox" as const, "aria-expanded": open, "aria-controls": listId, "aria-autocomplete": "list" as const,
      "aria-activedescendant": open && at >= 0 ? optionId(at) : undefined,
      onFocus: () => { setClosed(false); setFocused(true); }, onBlur: () => setFocused(false),
    },
  };
}

function known(typed: string, caret: number, lead: number): Suggestion[] {
  const from = typed.slice(0, caret).search(/\S*$/);
  const begun = typed.slice(from, caret).replace(/^-/, "");
  const start = lead + caret - begun.length;
  return keys.filter((key) => key.startsWith(begun) && key !== begun).map((text) => ({ text, from: start, to: lead + caret }));
}

interface Props { all: Suggestion[]; at: number; open: boolean; pick: (s: Suggestion) => void }

export function Suggest({ all, at, open, pick }: Props) {
  return (
    <div class="suggest scroll" id={listId} role="listbox" hidden={!open}>
      {all.map((s, i) => (
        <div id={optionId(i)} role="option" aria-selected={i === at} onPointerDown={(e) => { e.preventDefault(); pick(s); }}>
          <code>{visible(s.text)}</code>{s.note && <span class="t3 s">{s.note}</span>}{s.count !== undefined && <span class="n">{int(s.count)}</span>}
        </div>
      ))}
    </div>
  );
}
