// The URL follows the screen, and the screen the URL when it changes by other means: Back, a link, a pasted address.
import { batch, effect, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { pref } from "../../state/prefs";
import { go, href, params, path } from "../../state/url";
import { readAddress, readColumn, writeAddress, type Address, type Column } from "./address";
import { makeView, select, type View } from "./view";

/** The column of a trace whose address names none: the last that the reader chose. */
const usualColumn = pref<Column>("column", "time");

const initialColumn = (): Column => readColumn(usualColumn.peek()) ?? "time";

export const viewFromAddress = (id: string): View => makeView(id, readAddress(params.peek(), initialColumn()));

const addressOf = (v: View): Address => ({
  span: v.chosen.value ? v.selected.value : "",
  tab: v.tab.value, all: v.all.value, col: v.col.value, zoom: v.zoom.value, fold: [...v.turned.value], find: v.find.value,
});

export function useAddress(v: View): void {
  useEffect(() => {
    const column = initialColumn();
    const own = path.peek();
    let mine = href(own, params.peek());
    const stops = [
      effect(() => {
        const now = addressOf(v);
        if (path.peek() !== own) return; // the reader has left
        mine = href(own, writeAddress(params.peek(), now, column));
        untracked(() => go(mine, { replace: true }));
      }),
      effect(() => {
        const here = href(path.value, params.value);
        if (here === mine || path.peek() !== own) return;
        mine = here;
        untracked(() => apply(v, readAddress(params.peek(), column)));
      }),
      effect(() => {
        if (v.col.value !== column) usualColumn.value = v.col.value;
      }),
    ];
    return () => { for (const stop of stops) stop(); };
  }, [v]);
}

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
