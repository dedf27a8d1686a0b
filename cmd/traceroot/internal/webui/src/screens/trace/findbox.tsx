// A search button that becomes a field: "3 of 12", Enter for the next, Shift Enter for the one before.
import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { int } from "../../ui/format";
import { Icon } from "../../ui/icon";

interface Props { pane: 0 | 1 | 2; text: Signal<string>; label: string; found: number; step: (direction: 1 | -1) => void }

export function FindBox({ pane, text, label, found, step }: Props) {
  const open = useSignal(text.value !== "");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (open.value && document.activeElement !== input.current && text.value === "") input.current?.focus();
  }, [open.value]);
  const close = () => {
    text.value = "";
    open.value = false;
  };
  const key = (e: KeyboardEvent) => {
    if (e.key === "Enter") step(e.shiftKey ? -1 : 1);
    else if (e.key === "Escape") close();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  if (!open.value) {
    return (
      <button class="btn quiet" data-find={pane} aria-label={label} title={`${label} (/)`} onClick={() => { open.value = true; }}>
        <Icon name="find" size={13} />
      </button>
    );
  }
  return (
    <span class="find">
      <Icon name="find" size={11} class="t3" />
      <input ref={input} data-find={pane} aria-label={label} value={text.value} spellcheck={false}
        onInput={(e) => { text.value = e.currentTarget.value; }} onKeyDown={key} onBlur={() => text.value === "" && close()} />
      {text.value !== "" && <span class="t3 xs nowrap" role="status">{int(found)}</span>}
      <button class="btn quiet" aria-label="End search" title="End search (Esc)" onClick={close}><Icon name="x" size={9} /></button>
    </span>
  );
}

// openFind is what / does: the search of the pane that has the focus, else that of the spans.
export function openFind() {
  const pane = document.activeElement?.closest<HTMLElement>("[data-pane]")?.dataset.pane ?? "0";
  const target = document.querySelector<HTMLElement>(`[data-find="${pane}"]`) ?? document.querySelector<HTMLElement>(`[data-find="0"]`);
  if (target instanceof HTMLButtonElement) target.click();
  else target?.focus();
}
