// Which tabs the detail of a span has, and what is in each.
import type { ComponentChild } from "preact";
import type { Span } from "../../wire";
import { Attributes } from "./attributes";
import { Cost } from "./cost";
import { Errors } from "./errors";
import { InputOutput } from "./inout";
import { MessagesTab } from "./messages";
import { hasFailed, isRunning, kindOf, type Model } from "./model";
import { Parameters, parametersOf } from "./parameters";
import { Raw } from "./raw";
import { SourceTab } from "./source";
import { Summary } from "./summary";
import type { View } from "./view";

export interface Shown { v: View; m: Model; index: number; span: Span }

export interface Tab {
  name: string; // in the URL
  label: string;
  count?: (span: Span) => number;
  body: (shown: Shown) => ComponentChild;
}

const tabs = {
  messages: { name: "messages", label: "Messages", count: (s) => s.in.length + s.out.length, body: (shown) => <MessagesTab {...shown} /> },
  cost: { name: "cost", label: "Tokens and cost", body: (shown) => <Cost {...shown} /> },
  params: { name: "params", label: "Parameters", count: (s) => parametersOf(s).length, body: (shown) => <Parameters {...shown} /> },
  error: { name: "error", label: "Error", body: (shown) => <Errors {...shown} /> },
  io: { name: "io", label: "Input, output", body: (shown) => <InputOutput {...shown} /> },
  summary: { name: "sum", label: "Summary", body: (shown) => <Summary {...shown} /> },
  source: { name: "source", label: "Source", body: (shown) => <SourceTab {...shown} /> },
  attributes: { name: "attrs", label: "Attributes", count: (s) => Object.keys(s.attributes).length, body: (shown) => <Attributes {...shown} /> },
  raw: { name: "raw", label: "Raw", body: (shown) => <Raw {...shown} /> },
} satisfies Record<string, Tab>;

export function tabsOf(m: Model, index: number): Tab[] {
  const kind = kindOf(m, index);
  const rest = [tabs.source, tabs.attributes, tabs.raw];
  const error = hasFailed(m, index) || erred(m, index) ? [tabs.error] : [];
  if (kind === "llm") return [...error, tabs.messages, tabs.cost, tabs.params, ...rest];
  if (kind === "agent") return [tabs.summary, ...error, ...rest];
  return [...error, tabs.io, ...rest];
}

const erred = (m: Model, index: number) => !isRunning(m, index) && m.trace.spans.status.charAt(index) === "?";
