// The copy menu: what can be taken from a trace and from the selected span.
import { signal } from "@preact/signals";
import { Menu, type MenuEntry } from "../../ui/menu";
import { copyCurl, copyFixture, copyLink, copyMarkdown, copyOTLP, copySpan, copyTrace } from "./copies";
import { kindOf, type Model } from "./model";
import type { View } from "./view";

/** Key c opens it too. */
export const copyMenuOpen = signal(false);

export function CopyMenu({ v, m }: { v: View; m: Model }) {
  return (
    <Menu class="btn copy" label={<>Copy <kbd aria-hidden="true">c</kbd></>} title="Copy (c)" entries={() => entriesOf(v, m)}
      open={copyMenuOpen.value} onOpen={(open) => { copyMenuOpen.value = open; }} />
  );
}

function entriesOf(v: View, m: Model): MenuEntry[] {
  const span = v.span.value;
  const index = v.index.value;
  const ofSpan: MenuEntry[] = span && index >= 0 ? [
    "line", { head: "The selected span" },
    { label: "JSON", onPick: () => void copySpan(span) },
    ...(kindOf(m, index) === "llm" ? [
      { label: "curl", note: "key as $API_KEY", onPick: () => void copyCurl(span) },
      { label: "Messages as Markdown", onPick: () => void copyMarkdown(m, index, span) },
      { label: "Go test fixture", onPick: () => void copyFixture(m, index, span) },
    ] : []),
  ] : [];
  return [
    { label: "Link", note: "y", onPick: () => void copyLink(v) },
    "line", { head: "The trace" },
    { label: "JSON", onPick: () => void copyTrace(v, m) },
    { label: "OTLP JSON", onPick: () => void copyOTLP(v) },
    ...ofSpan,
  ];
}
