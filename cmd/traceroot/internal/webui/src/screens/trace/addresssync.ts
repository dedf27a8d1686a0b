// The URL follows the screen, and the screen the URL when it changes by other means: Back, a link, a pasted address.
import { batch, effect, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { pref } from "../../state/prefs";
import { go, href, params, path } from "../../state/url";
import { readAddress, readColumn, writeAddress, type Address, type Column } from "./address";
import { makeView, select, type View } from "./view";

/** The column of a trace whose address names none. */
export const usualColumn = pref<Column>("column", "time");

const initialColumn = (): Column => readColumn(usualColumn.peek()) ?? "time";

export const viewFromAddress = (id: string): View => makeView(id, readAddress(params.peek(), initialColumn()));

const addressOf = (v: View): Address => ({
  span: v.selected.value, tab: v.tab.value, all: v.all.value, col: v.col.value, zoom: v.zoom.value, fold: [...v.turned.value], find: v.find.value,
});

export function useAddress(v: View): void {
  useEffect(() => {
    let first = true;
    let mine = "";
    const stopWriting = effect(() => {
      const now = addressOf(v);
      // What the reader did not choose, such as the first selection, is not written.
      if (first || !v.model.value || v.moved.value <= 1 && !params.peek().get("span") && isUntouched(now)) {
        first = false;
        return;
      }
      mine = href(path.peek(), writeAddress(params.peek(), now, initialColumn()));
      untracked(() => go(mine, { replace: true }));
    });
    const stopReading = effect(() => {
      const here = href(path.value, params.value);
      if (here === mine || !path.peek().startsWith("/t/")) return;
      mine = here;
      untracked(() => apply(v, readAddress(params.peek(), initialColumn())));
    });
    return () => {
      stopWriting();
      stopReading();
    };
  }, [v]);
}

const isUntouched = (a: Address) => !a.tab && !a.all && !a.zoom && a.fold.length === 0 && !a.find && a.col === initialColumn();

function apply(v: View, a: Address) {
  batch(() => {
    v.all.value = a.all;
    v.col.value = a.col;
    v.zoom.value = a.zoom;
    v.find.value = a.find;
    if (a.fold.join() !== [...v.turned.peek()].join()) v.turned.value = new Set(a.fold);
    if (a.span && a.span !== v.selected.peek()) select(v, a.span, true);
    v.tab.value = a.tab;
  });
}
