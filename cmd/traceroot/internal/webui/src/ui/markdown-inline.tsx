// Markdown within a line. Every repetition of the expression is bounded, so that no text makes it slow.
import type { ComponentChild } from "preact";
import { Text, visible } from "./text";

const longest = 16_000; // characters

const marks = new RegExp([
  /\\(?<escaped>[!-/:-@[-`{-~])/,
  /(?<tick>`{1,2})(?<code>[^`\n]{1,2000})\k<tick>(?!`)/,
  /(?<image>!?)\[(?<label>[^\]\n]{0,500})\]\((?<target>[^()\s]{1,2000})(?:\s+"[^"\n]{0,200}")?\)/,
  /(?<url>https?:\/\/[^\s<>"'`)\]]{1,2000})/,
  /\*\*(?=\S)(?<strong>[^\n]{1,1000}?)(?<=\S)\*\*/,
  /(?<![\w*])\*(?=[^\s*])(?<em>[^*\n]{1,1000})(?<=\S)\*(?![\w*])/,
  /(?<!\w)_(?=[^\s_])(?<also>[^_\n]{1,1000})(?<=\S)_(?!\w)/,
].map((part) => part.source).join("|"), "g");

/** The text with its marks as elements; plain text once the budget is spent. */
export function inline(text: string, budget: { left: number }): ComponentChild {
  if (text.length > longest) return <Text value={text} />;
  const made: ComponentChild[] = [];
  let from = 0;
  for (const match of text.matchAll(marks)) {
    if (budget.left <= 0) break;
    budget.left--;
    if (match.index > from) made.push(<Text value={text.slice(from, match.index)} />);
    from = match.index + match[0].length;
    made.push(element(match[0], match.groups ?? {}, budget));
  }
  made.push(<Text value={text.slice(from)} />);
  return made;
}

function element(all: string, found: Record<string, string | undefined>, budget: { left: number }): ComponentChild {
  if (found.escaped !== undefined) return found.escaped;
  if (found.code !== undefined) return <code><Text value={found.code.replace(/^ (?=.*\S.* $)(.*) $/, "$1")} /></code>;
  if (found.strong !== undefined) return <b class="b">{inline(found.strong, budget)}</b>;
  const stressed = found.em ?? found.also;
  if (stressed !== undefined) return <em>{inline(stressed, budget)}</em>;
  if (found.url !== undefined) {
    const end = /[.,:;!?]+$/.exec(found.url)?.[0] ?? "";
    const url = found.url.slice(0, found.url.length - end.length);
    return <><Link target={url} label={url} />{end}</>;
  }
  if (found.target === undefined) return <Text value={all} />;
  return <Link target={found.target} label={`${found.image ? "image: " : ""}${found.label || found.target}`} />;
}

/** A link with its target in sight. Only pages of the web can be opened; whatever else is told is text. */
function Link({ target, label }: { target: string; label: string }) {
  const shown = visible(target);
  const where = label === target ? null : <span class="t3"> ({shown})</span>;
  if (!/^https?:\/\//i.test(target)) return <><Text value={label} />{where}</>;
  return <><a class="link" href={target} target="_blank" rel="noopener noreferrer" referrerpolicy="no-referrer"><Text value={label} /></a>{where}</>;
}
