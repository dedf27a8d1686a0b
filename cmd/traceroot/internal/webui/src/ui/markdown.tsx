// Markdown as models write it: paragraphs, headings, lists, quotes, code, tables, emphasis and links. What is no Markdown
// stays text. There is no HTML, no image is loaded, and a link shows where it leads before anybody follows it.
import type { ComponentChild } from "preact";
import { inline } from "./markdown-inline";
import { Text } from "./text";

const longest = 20_000; // characters; more is shown as written
const mostElements = 2000;
const deepest = 5; // lists in lists, quotes in quotes

export function Markdown({ value }: { value: string }) {
  if (value.length > longest) return <Text value={value} />;
  return <div class="md">{blocks(value.replace(/\r\n/g, "\n").split("\n"), 0, { left: mostElements })}</div>;
}

/** Whether the text would look otherwise as Markdown. */
export const looksLikeMarkdown = (text: string): boolean =>
  text.length <= longest && /^ {0,3}(#{1,6} |>|[-*+] |\d+[.)] |```|~~~)|\*\*\S|`[^`]+`|^\|?.+\|.+\n\|?[ :-]+\||\]\(/m.test(text);

/** How many elements may still be made: what comes after that is plain text. */
interface Budget { left: number }

const fence = /^ {0,3}(`{3,}|~{3,})/;
const heading = /^ {0,3}#{1,6}\s+(\S.*)$/;
const rule = /^ {0,3}([-*_])(?: *\1){2,} *$/;
const quote = /^ {0,3}> ?/;
const item = /^( *)([-*+]|\d{1,9}[.)])(\s+)(?=\S)/;
const divider = /^ *\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *$/;

function blocks(lines: string[], depth: number, budget: Budget): ComponentChild[] {
  const made: ComponentChild[] = [];
  for (let i = 0; i < lines.length;) {
    if (lines[i]?.trim() === "") { i++; continue; }
    const [block, next] = budget.left > 0 && depth < deepest ? blockAt(lines, i, depth, budget) : [<p><Text value={lines.slice(i).join("\n")} /></p>, lines.length];
    budget.left--;
    made.push(block);
    i = next;
  }
  return made;
}

type Made = [block: ComponentChild, next: number];

function blockAt(lines: string[], i: number, depth: number, budget: Budget): Made {
  const line = lines[i] ?? "";
  const title = heading.exec(line);
  if (title) return [<p class="b">{inline(title[1] ?? "", budget)}</p>, i + 1];
  if (fence.test(line)) return code(lines, i);
  if (rule.test(line)) return [<hr />, i + 1];
  if (isTable(lines, i)) return table(lines, i, budget);
  if (quote.test(line)) return quoted(lines, i, depth, budget);
  if (item.test(line)) return list(lines, i, depth, budget);
  let end = i + 1;
  while (end < lines.length && lines[end]?.trim() !== "" && !startsBlock(lines, end)) end++;
  return [<p>{inline(lines.slice(i, end).join("\n"), budget)}</p>, end];
}

const startsBlock = (lines: string[], i: number): boolean =>
  [fence, heading, rule, quote, item].some((start) => start.test(lines[i] ?? "")) || isTable(lines, i);

// code ends with the text where nobody closed it: the answer may have been cut.
function code(lines: string[], i: number): Made {
  const mark = fence.exec(lines[i] ?? "")?.[1] ?? "";
  let end = i + 1;
  while (end < lines.length && !(lines[end]?.trim().startsWith(mark) && lines[end]?.trim().replaceAll(mark.charAt(0), "") === "")) end++;
  return [<pre class="code wrapped"><Text value={lines.slice(i + 1, end).join("\n")} /></pre>, end + 1];
}

function quoted(lines: string[], i: number, depth: number, budget: Budget): Made {
  let end = i;
  while (end < lines.length && quote.test(lines[end] ?? "")) end++;
  return [<blockquote>{blocks(lines.slice(i, end).map((line) => line.replace(quote, "")), depth + 1, budget)}</blockquote>, end];
}

// list takes all items of one kind, each with the lines that are indented below it.
function list(lines: string[], i: number, depth: number, budget: Budget): Made {
  const [, margin = "", first = ""] = item.exec(lines[i] ?? "") ?? [];
  const ordered = /\d/.test(first);
  const items: string[][] = [];
  let end = i;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? "";
    const found = item.exec(line);
    const indent = line.length - line.trimStart().length;
    if (found && indent <= margin.length + 1) {
      if (items.length >= budget.left || /\d/.test(found[2] ?? "") !== ordered) break;
      items.push([line.slice(found[0].length)]);
    } else if (line.trim() === "") {
      if (!continues(lines, end + 1, margin.length)) break;
      items.at(-1)?.push("");
    } else if (indent > margin.length || !startsBlock(lines, end) && lines[end - 1]?.trim() !== "") {
      items.at(-1)?.push(line.slice(Math.min(indent, margin.length + first.length + 1)));
    } else break;
  }
  budget.left -= items.length;
  const shown = items.map((inside) => <li>{blocks(inside, depth + 1, budget)}</li>);
  return [ordered ? <ol start={Number.parseInt(first, 10)}>{shown}</ol> : <ul>{shown}</ul>, end];
}

// continues tells whether a list goes on after a blank line.
function continues(lines: string[], i: number, margin: number): boolean {
  const line = lines[i] ?? "";
  return line.trim() !== "" && (item.test(line) || line.length - line.trimStart().length > margin);
}

const isTable = (lines: string[], i: number): boolean =>
  (lines[i] ?? "").includes("|") && (lines[i + 1] ?? "").includes("|") && divider.test(lines[i + 1] ?? "");

function table(lines: string[], i: number, budget: Budget): Made {
  const head = cells(lines[i] ?? "");
  const last = i + 2 + Math.floor(budget.left / head.length);
  let end = i + 2;
  while (end < Math.min(lines.length, last) && lines[end]?.includes("|")) end++;
  const right = cells(lines[i + 1] ?? "").map((mark) => mark.endsWith(":"));
  budget.left -= (end - i) * head.length;
  const look = (n: number) => (right[n] ? "num" : undefined);
  return [
    <div class="wide">
      <table>
        <thead><tr>{head.map((cell, n) => <th class={look(n)}>{inline(cell, budget)}</th>)}</tr></thead>
        <tbody>{lines.slice(i + 2, end).map((line) => <tr>{cells(line).slice(0, head.length).map((cell, n) => <td class={look(n)}>{inline(cell, budget)}</td>)}</tr>)}</tbody>
      </table>
    </div>, end];
}

const cells = (line: string): string[] => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
