// The Parameters tab: how the model was asked, and which tools it was offered.
import { useState } from "preact/hooks";
import { Icon } from "../../ui/icon";
import { Json } from "../../ui/json";
import { Text } from "../../ui/text";
import type { Span } from "../../wire";
import type { Shown } from "./tabs";

/** Name and value of all that is known of how a model was asked. */
export function parametersOf(span: Span): [string, unknown][] {
  const given = typeof span.parameters === "object" && span.parameters !== null ? Object.entries(span.parameters as Record<string, unknown>) : [];
  const all: [string, unknown][] = [
    ["model", span.model], ["provider", span.provider], ["operation", span.operation], ["stream", span.streaming || undefined],
    ...given, ["tools", span.tools?.length ? span.tools.map((t) => t.name).join(", ") : undefined],
  ];
  return [...new Map(all.filter(([, value]) => value !== undefined && value !== ""))];
}

export function Parameters({ span }: Shown) {
  const told: [string, unknown][] = [
    ["model", span.responseModel === span.model ? undefined : span.responseModel], ["response id", span.responseId],
    ["request id", span.requestId], ["stopped by", span.finishReasons?.join(", ")], ["status", span.httpStatus],
  ];
  const answered = told.filter(([, value]) => value !== undefined && value !== "");
  return (
    <>
      <section><h3>Parameters</h3><Pairs pairs={parametersOf(span)} /></section>
      {answered.length > 0 && <section><h3>Answered with</h3><Pairs pairs={answered} /></section>}
      {(span.tools?.length ?? 0) > 0 && (
        <section><h3>Tools offered <span class="t3">{span.tools?.length}</span></h3>{span.tools?.map((tool) => <Tool key={tool.name} tool={tool} />)}</section>
      )}
    </>
  );
}

export const Pairs = ({ pairs }: { pairs: [string, unknown][] }) => (
  <table class="cost pairs">
    <tbody>
      {pairs.map(([name, value]) => (
        <tr key={name}><td class="mono t2"><Text value={name} /></td><td class="mono">{typeof value === "object" && value !== null ? <Json value={value} /> : <Text value={String(value)} />}</td></tr>
      ))}
    </tbody>
  </table>
);

function Tool({ tool }: { tool: NonNullable<Span["tools"]>[number] }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="part">
      <button class="fold flat" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} size={9} /><b class="b"><Text value={tool.name} /></b><span class="t3 ell"><Text value={tool.description ?? ""} /></span>
      </button>
      {open && <div class="bd">{tool.description && <p class="text"><Text value={tool.description} /></p>}<Json value={tool.parameters ?? {}} /></div>}
    </div>
  );
}
