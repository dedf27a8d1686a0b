// JSON as indented "key: value" lines, with quotes only where a text could be taken for something else. The exact bytes are
// in the Raw tab.
import type { ComponentChild } from "preact";
import { useMemo, useState } from "preact/hooks";
import { text } from "../text";
import { int } from "./format";
import { Text } from "./text";

/** A number that JavaScript cannot hold: its digits as they were sent. */
export class BigNumber {
  constructor(readonly source: string) {}
  toString(): string { return this.source; }
}

/** Reads JSON without changing a digit; undefined where the text is no JSON. */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source, exact as (key: string, value: unknown) => unknown);
  } catch {
    return undefined;
  }
}

function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== "number" || source === undefined || String(value) === source) return value;
  return new BigNumber(source);
}

/** How a scalar is marked, by its path such as "from.postal_code" or "items[0].sku". */
export interface Mark { class: string; title: string; content?: ComponentChild; onClick?: () => void }
export type Marker = (path: string, value: string) => Mark | undefined;

interface Line { indent: string; key?: string; value?: unknown; path: string }

const firstLines = 400;

export function Json({ value, mark }: { value: unknown; mark?: Marker }) {
  const lines = useMemo(() => linesOf(value), [value]);
  const [shown, setShown] = useState(firstLines);
  return (
    <div class="json">
      {lines.slice(0, shown).map((line, i) => <JsonLine line={line} mark={mark} last={i === lines.length - 1} />)}
      {lines.length > shown && (
        <button class="btn" onClick={() => setShown(shown * 4)}>{text.moreLines(int(lines.length - shown))}</button>
      )}
    </div>
  );
}

function JsonLine({ line, mark, last }: { line: Line; mark: Marker | undefined; last: boolean }) {
  return (
    <>
      {line.indent}
      {line.key !== undefined && <><span class="k"><Text value={line.key} /></span>{line.key === "-" ? " " : <span class="p">: </span>}</>}
      {"value" in line && <Scalar value={line.value} path={line.path} mark={mark} />}
      {last ? "" : "\n"}
    </>
  );
}

function Scalar({ value, path, mark }: { value: unknown; path: string; mark: Marker | undefined }) {
  if (typeof value === "object" && value !== null && !(value instanceof BigNumber)) {
    return <span class="p">{Array.isArray(value) ? "[]" : "{}"}</span>;
  }
  const found = mark?.(path, String(value));
  const content = found?.content ?? <Text value={written(value)} />;
  if (!found) return <span class="v">{content}</span>;
  if (!found.onClick) return <span class={`v ${found.class}`} title={found.title}>{content}</span>;
  return <button class={`v mono ${found.class}`} title={found.title} onClick={found.onClick}>{content}</button>;
}

const ambiguous = /^$|^[\d.+-]+$|^(true|false|null)$|^\s|\s$/;

function written(value: unknown): string {
  if (typeof value !== "string") return String(value);
  return ambiguous.test(value) ? JSON.stringify(value) : value;
}

/** Lays a value out without recursion: payloads may be as deep as their senders like. */
function linesOf(root: unknown): Line[] {
  const lines: Line[] = [];
  const todo: { value: unknown; key: string | undefined; path: string; depth: number; lead: string }[] =
    [{ value: root, key: undefined, path: "", depth: -1, lead: "" }];
  for (let item = todo.pop(); item; item = todo.pop()) {
    const { value, key, path, depth, lead } = item;
    const indent = lead || "  ".repeat(Math.max(0, depth));
    const members = membersOf(value, path);
    if (members.length === 0) {
      lines.push(key === undefined ? { indent, value, path } : { indent, key, value, path });
      continue;
    }
    // A list's object begins on the line of its dash.
    const inline = key === "-";
    if (key !== undefined && !inline) lines.push({ indent, key, path });
    members.forEach((member, i) => { member.depth = depth + 1; member.lead = inline && i === 0 ? `${indent}- ` : ""; });
    todo.push(...members.reverse());
  }
  return lines;
}

function membersOf(value: unknown, path: string) {
  const member = (key: string, child: unknown, at: string) => ({ key: key as string | undefined, value: child, path: at, depth: 0, lead: "" });
  if (Array.isArray(value)) return value.map((child: unknown, i) => member("-", child, `${path}[${i}]`));
  if (typeof value !== "object" || value === null || value instanceof BigNumber) return [];
  return Object.entries(value).map(([key, child]) => member(key, child, path ? `${path}.${key}` : key));
}
