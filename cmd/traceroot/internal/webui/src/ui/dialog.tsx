import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { text } from "../text";
import { Icon } from "./icon";

/** A modal dialog: the browser keeps the focus in it, and gives it back. It is there while its parent shows it. */
export function Dialog({ title, bare = false, onClose, children }: { title: string; bare?: boolean; onClose: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => { element.current?.showModal(); }, []);
  const outside = (e: MouseEvent) => { if (e.target === element.current) onClose(); };
  return (
    <dialog ref={element} aria-label={title} onClose={onClose} onClick={outside}>
      {!bare && (
        <div class="ph">
          <h2>{title}</h2><span class="grow" />
          <button class="btn quiet" aria-label={text.close} title={text.close} onClick={onClose}><Icon name="x" /></button>
        </div>
      )}
      {children}
    </dialog>
  );
}
