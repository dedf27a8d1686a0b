// What keys do here, each as a button too; and the marked rows.
import type { Signal } from "@preact/signals";
import { href } from "../../state/url";
import { Icon } from "../../ui/icon";
import { Kbd } from "../../ui/kbd";
import { listText as t } from "./texts";

interface Props {
  marked: Signal<readonly string[]>;
  onMove: (by: number) => void;
  onOpen: () => void;
  onPeek: () => void;
  onMark: () => void;
  onFilters: () => void;
}

export function Foot({ marked, onMove, onOpen, onPeek, onMark, onFilters }: Props) {
  const [a, b] = marked.value;
  return (
    <div class="foot">
      <button onClick={() => onMove(1)}><Kbd keys="j k" />{t.hints.move}</button>
      <button onClick={onOpen}><Kbd keys="Enter" />{t.hints.open}</button>
      <button onClick={onPeek}><Kbd keys="Space" />{t.hints.peek}</button>
      <button onClick={onMark}><Kbd keys="x" />{t.hints.mark}</button>
      <button onClick={onFilters}><Kbd keys="f" />{t.hints.filters}</button>
      {a && (
        <span class="marks" title={t.selectHint}>
          {t.marked(marked.value.length)}
          {b && <a class="btn" href={href("/compare", { a, b })}>{t.compare}</a>}
          <button class="link" onClick={() => { marked.value = []; }}>{t.unmark}</button>
        </span>
      )}
      <span class="grow" />
      <span><Icon name="err" size={10} class="g-err" /> {t.hints.failed}</span>
      <span><Icon name="errh" size={10} class="g-err" /> {t.hints.recovered}</span>
    </div>
  );
}
