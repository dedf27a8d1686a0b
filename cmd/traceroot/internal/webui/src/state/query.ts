// The query language, as far as the page has to know it: where terms begin and end, and how to add and drop one. What a term
// means, and what is wrong with it, the server says.

export interface Term {
  text: string; // as it stands in the query
  from: number;
  to: number;
  not: boolean;
  key: string; // "" for words and phrases
  op: string; // "" or one of > >= < <= = ~
  values: string[]; // without quotes
  value: string; // the first of them
}

/** The terms of a query, in order. It never fails: what the server would refuse is a term too. */
export function termsOf(query: string): Term[] {
  const terms: Term[] = [];
  for (const match of query.matchAll(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/g)) terms.push(termOf(match[0], match.index));
  return terms;
}

function termOf(text: string, from: number): Term {
  const not = text.startsWith("-");
  const body = not ? text.slice(1) : text;
  const [, key = "", op = "", rest] = /^((?:[^\s":]|(?<=\.)"(?:\\.|[^"\\])*")+):(>=|<=|>|<|=|~)?(.*)$/s.exec(body) ?? [];
  const values = rest === undefined ? [unquote(body)] : splitValues(rest);
  return { text, from, to: from + text.length, not, key, op, values, value: values[0] ?? "" };
}

function splitValues(text: string): string[] {
  return (text.match(/(?:"(?:\\.|[^"\\])*"?|[^,"])+/g) ?? [""]).map(unquote);
}

function unquote(text: string): string {
  return text.replace(/"((?:\\.|[^"\\])*)"?/g, (_, inner: string) => inner.replace(/\\(["\\])/g, "$1"));
}

/** A value as it has to be written: in quotes where it would end too early. */
export function quoted(value: string): string {
  return /^[^\s":,\\]+$/.test(value) && !/^[-<>=~]/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

const join = (parts: string[]): string => parts.filter(Boolean).join(" ");

/** The query without the term that begins there. */
export const without = (query: string, term: Term): string => join(termsOf(query).filter((t) => t.from !== term.from).map((t) => t.text));

/** The query limited to a value of a key, whatever it was limited to before; no value lifts the limit. */
export function withTerm(query: string, key: string, value: string | undefined): string {
  const others = termsOf(query).filter((t) => t.key !== key).map((t) => t.text);
  return join([...others, value === undefined ? "" : `${key}:${quoted(value)}`]);
}

/** The values of a key that the query asks for. */
export function chosenValues(query: string, key: string): string[] {
  return termsOf(query).filter((t) => t.key === key && !t.not && (t.op === "" || t.op === "=")).flatMap((t) => t.values);
}

/** The query with one value of a key more or less: several values mean one of them. */
export function toggled(query: string, key: string, value: string): string {
  const chosen = chosenValues(query, key);
  const next = chosen.includes(value) ? chosen.filter((v) => v !== value) : [...chosen, value];
  const others = termsOf(query).filter((t) => !(t.key === key && !t.not && (t.op === "" || t.op === "="))).map((t) => t.text);
  return join([...others, next.length > 0 ? `${key}:${next.map(quoted).join(",")}` : ""]);
}
