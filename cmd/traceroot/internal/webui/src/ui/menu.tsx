// A button with a menu. The menu is in the top layer, so nothing clips it.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon";

export type MenuEntry =
  | { label: ComponentChildren; note?: string; checked?: boolean; onPick: () => void }
  | { head: string }
  | "line";

interface Props { label: ComponentChildren; title: string; entries: MenuEntry[] | (() => MenuEntry[]); class?: string; open?: boolean; onOpen?: (open: boolean) => void }

/** open and onOpen let a key open it too; without them it looks after itself. */
export function Menu({ label, title, entries, class: look = "btn", open: outer, onOpen }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const [inner, setInner] = useState(false);
  const open = outer ?? inner;
  const set = (next: boolean) => { setInner(next); onOpen?.(next); };
  const close = () => { set(false); button.current?.focus(); };
  return (
    <>
      <button ref={button} class={look} title={title} aria-haspopup="menu" aria-expanded={open} onClick={() => set(!open)}>{label}</button>
      {open && <Entries entries={typeof entries === "function" ? entries() : entries} title={title} anchor={button.current} close={close} dismiss={() => set(false)} />}
    </>
  );
}

function Entries({ entries, title, anchor, close, dismiss }: { entries: MenuEntry[]; title: string; anchor: HTMLElement | null; close: () => void; dismiss: () => void }) {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = menu.current;
    if (!element) return;
    element.showPopover();
    place(element, anchor);
    (element.querySelector<HTMLElement>("[aria-checked=true]") ?? items(element)[0])?.focus();
    const outside = (e: Event) => {
      const target = e.target as Node;
      if (!element.contains(target) && !anchor?.contains(target)) dismiss();
    };
    addEventListener("pointerdown", outside);
    addEventListener("resize", dismiss);
    return () => { removeEventListener("pointerdown", outside); removeEventListener("resize", dismiss); };
  }, []);
  return (
    <div ref={menu} class="menu" popover="manual" role="menu" aria-label={title} onKeyDown={(e) => move(e, menu.current, close)}>
      {entries.map((entry) => {
        if (entry === "line") return <hr />;
        if ("head" in entry) return <div class="head">{entry.head}</div>;
        return (
          <button role={entry.checked === undefined ? "menuitem" : "menuitemradio"} aria-checked={entry.checked} tabIndex={-1}
            onClick={() => { close(); entry.onPick(); }}>
            {entry.checked !== undefined && <span class="tick">{entry.checked && <Icon name="ok" size={10} />}</span>}{entry.label}{entry.note !== undefined && <span class="n">{entry.note}</span>}
          </button>
        );
      })}
    </div>
  );
}

const items = (menu: HTMLElement) => [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]")];

function move(e: KeyboardEvent, menu: HTMLElement | null, close: () => void): void {
  if (!menu) return;
  const all = items(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[e.key];
  if (next !== undefined) all.at(next % all.length)?.focus();
  else if (e.key === "Escape" || e.key === "Tab") close();
  else if (e.key.length !== 1 || e.key === " ") return;
  e.stopPropagation();
  e.preventDefault();
}

function place(menu: HTMLElement, anchor: HTMLElement | null): void {
  const at = anchor?.getBoundingClientRect() ?? new DOMRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + 4;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  menu.style.top = `${below + height > innerHeight - 8 ? Math.max(8, at.top - height - 4) : below}px`;
}
