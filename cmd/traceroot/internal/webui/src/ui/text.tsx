// Text that somebody else wrote: prompts, answers, names. What could reorder it, hide in it or drive a terminal is shown
// as a symbol, so that the reader sees what the model saw.
import type { ComponentChild } from "preact";

// Controls except tab and line feed, bidi and other invisible controls, tag characters, and halves of surrogate pairs.
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;

const anyHidden = new RegExp(hidden.source, "u");

/** Whether the text looks as it is: nothing in it is hidden. */
export const isPlain = (value: string): boolean => !anyHidden.test(value);

const names: Record<number, string> = {
  0x00ad: "SHY", 0x061c: "ALM", 0x200b: "ZWSP", 0x200e: "LRM", 0x200f: "RLM", 0x2028: "LS", 0x2029: "PS",
  0x202a: "LRE", 0x202b: "RLE", 0x202c: "PDF", 0x202d: "LRO", 0x202e: "RLO", 0x2060: "WJ",
  0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0xfeff: "BOM",
};

function symbol(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  if (code > 0xe001f) return `TAG ${String.fromCodePoint(code - 0xe0000)}`;
  return names[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The text with its hidden characters as symbols in brackets: for titles and other places that take only a string. */
export function visible(value: string): string {
  return value.replace(/\r\n/g, "\n").replace(hidden, (c) => (c < " " ? symbol(c) : `⟨${symbol(c)}⟩`));
}

/** The text with its hidden characters as marked symbols. */
export function Text({ value }: { value: string }) {
  return <>{parts(value)}</>;
}

function parts(raw: string): ComponentChild[] {
  const value = raw.replace(/\r\n/g, "\n");
  const found: ComponentChild[] = [];
  let from = 0;
  for (const match of value.matchAll(hidden)) {
    const code = match[0].codePointAt(0) ?? 0;
    pushBroken(found, value.slice(from, match.index));
    found.push(<span class="ctl" title={`U+${code.toString(16).toUpperCase().padStart(4, "0")}`}>{symbol(match[0])}</span>);
    from = match.index + match[0].length;
  }
  pushBroken(found, value.slice(from));
  return found;
}

// Base64 and the like: without a place to break, a browser lays the whole of it out again for each line.
const unbroken = /[!-~]{200,}/g;
const runPiece = 4096;

function pushBroken(found: ComponentChild[], value: string): void {
  let from = 0;
  for (const match of value.matchAll(unbroken)) {
    if (match.index > from) found.push(value.slice(from, match.index));
    from = match.index + match[0].length;
    for (let at = match.index; at < from; at += runPiece) found.push(<span class="unbroken">{value.slice(at, Math.min(from, at + runPiece))}</span>);
  }
  found.push(value.slice(from));
}

/** The text with the characters at these positions boxed: letter O against digit 0 is invisible otherwise. */
export function Odd({ value, at }: { value: string; at: readonly number[] | undefined }) {
  const odd = new Set(at);
  if (odd.size === 0) return <Text value={value} />;
  const found: ComponentChild[] = [];
  let plain = "";
  Array.from(value).forEach((c, i) => {
    if (!odd.has(i)) { plain += c; return; }
    pushBroken(found, visible(plain));
    found.push(<span class="odd">{visible(c)}</span>);
    plain = "";
  });
  pushBroken(found, visible(plain));
  return <>{found}</>;
}
