// What the copy menu copies.
import { absolute, traceHref } from "../../state/url";
import { copy, toast } from "../../ui/toast";
import type { Message, Span } from "../../wire";
import { curlOf } from "./curl";
import { fetchSpan, wholeMessages, wholeText } from "./fetchall";
import { fixtureOf } from "./fixture";
import { markdownOf } from "./markdown";
import { idOf, nameOf, type Model } from "./model";
import type { View } from "./view";

/** Runs what makes a text and copies it; says why where it cannot be made. */
async function copyMade(what: string, make: () => Promise<string>): Promise<void> {
  try {
    await copy(await make(), what);
  } catch (error) {
    toast(`${what} could not be copied: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export const copyLink = (v: View) => copy(absolute(traceHref(v.id, v.selected.value)), "link");

export const copyCurl = (span: Span) => copyMade("curl", async () => curlOf(span, await wholeMessages(span.in)));

export const copySpan = (span: Span) => copyMade("span as JSON", async () => JSON.stringify(await wholeSpan(span), null, 2));

// wholeSpan has what a span was sent with, not the hashes that this page knows messages by.
async function wholeSpan(span: Span): Promise<unknown> {
  const { in: sent, out, input, output, asked, fresh, ...rest } = span;
  const messages = async (hashes: string[]): Promise<Message[] | undefined> => (hashes.length > 0 ? wholeMessages(hashes) : undefined);
  return { ...rest, input: (await messages(sent)) ?? (await wholeText(input)), output: (await messages(out)) ?? (await wholeText(output)), asked };
}

const atOnce = 16; // questions

export const copyTrace = (v: View, m: Model) => copyMade("trace as JSON", async () => {
  const spans: unknown[] = [];
  for (let i = 0; i < m.count; i += atOnce) {
    const ids = Array.from({ length: Math.min(atOnce, m.count - i) }, (_, n) => idOf(m, i + n));
    spans.push(...await Promise.all(ids.map(async (id) => wholeSpan(await fetchSpan(v.id, id)))));
  }
  return JSON.stringify({ ...m.trace.row, input: m.trace.input, output: m.trace.output, metadata: m.trace.metadata, gitRepo: m.trace.gitRepo, gitRef: m.trace.gitRef, spans }, null, 2);
});

export const copyOTLP = (v: View) => copyMade("OTLP JSON", async () => {
  const response = await fetch(`/api/admin/export?trace_id=${v.id}`, { credentials: "same-origin" });
  if (!response.ok) throw new Error(response.status === 401 || response.status === 403 ? "this needs an admin key" : `the server answered ${response.status}`);
  return response.text();
});

export const copyMarkdown = (m: Model, index: number, span: Span) => copyMade("messages as Markdown", async () =>
  markdownOf(nameOf(m, index), await wholeMessages([...span.in, ...span.out])));

export const copyFixture = (m: Model, index: number, span: Span) => copyMade("Go test fixture", async () =>
  fixtureOf(span, await wholeMessages(span.in), await wholeMessages(span.out), `${m.trace.row.agent ?? m.trace.row.name} call ${m.order[index] ?? ""}`));
