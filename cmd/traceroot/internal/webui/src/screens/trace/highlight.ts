// Marks a text in what a pane shows, without touching the page's nodes: live text and selections stay as they are.
interface Highlights { set(name: string, marked: object): void; delete(name: string): void }
declare const Highlight: new (...ranges: Range[]) => object;

const most = 500;

/** The places of a text in an element, which the style sheet paints by the name. */
export function markTexts(name: string, within: HTMLElement | null, text: string): Range[] {
  const registry = (CSS as unknown as { highlights?: Highlights }).highlights;
  registry?.delete(name);
  const sought = text.trim().toLowerCase();
  if (!sought || !within) return [];
  const found: Range[] = [];
  const walk = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node && found.length < most; node = walk.nextNode()) {
    const data = (node.nodeValue ?? "").toLowerCase();
    for (let at = data.indexOf(sought); at >= 0 && found.length < most; at = data.indexOf(sought, at + sought.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + sought.length);
      found.push(range);
    }
  }
  if (registry && found.length > 0) registry.set(name, new Highlight(...found));
  return found;
}
