// The Input, output tab of tools and spans: what went in, who asked for it, what came out, and who read that.
import { useLoad } from "../../state/api";
import { bytes } from "../../ui/format";
import { Chip } from "../../ui/chip";
import { Glyph } from "../../ui/glyph";
import type { AskedCall, Span, Text } from "../../wire";
import { markOf, Notes } from "./callcard";
import { isRunning, orderOf, type Model } from "./model";
import { Payload } from "./paged";
import type { Shown } from "./tabs";
import { selectSpan, type View } from "./view";

export function InputOutput({ v, m, index, span }: Shown) {
  const by = span.answers === undefined ? undefined : m.byId.get(span.answers.call);
  const reader = span.answers?.readBy === undefined ? undefined : m.byId.get(span.answers.readBy);
  const asking = useLoad<Span>(span.answers && `/api/ui/spans/${span.answers.call}?trace=${v.id}`).data;
  const asked = asking?.asked.find((a) => a.span === span.id);
  const failed = span.status === "ERROR";
  return (
    <>
      <section>
        <h3>
          Input
          {by !== undefined && <><span class="t3">asked for by</span><CallLink v={v} m={m} index={by} /><kbd aria-hidden="true">p</kbd></>}
          <span class="grow" /><Kept span={span} field="input" value={span.input} />
        </h3>
        <Content value={span.input} span={span} field="input" asked={asked} v={v} m={m} />
      </section>
      {asked && (asked.unseen.length > 0 || asked.repeats !== undefined) && <div class="notes"><Notes v={v} m={m} asked={asked} /></div>}
      <section>
        <h3>
          Output
          {reader !== undefined && <><span class="t3">read by</span><CallLink v={v} m={m} index={reader} /></>}
          {by !== undefined && reader === undefined && !isRunning(m, index) && <span class="t3">no model call read it</span>}
          <span class="grow" /><Kept span={span} field="output" value={span.output} />
        </h3>
        {isRunning(m, index) && !span.output ? <p class="t2">It still runs.</p>
          : span.output || !failed ? <Content value={span.output} span={span} field="output" asked={undefined} v={v} m={m} />
          : <p class="t2">None: it failed. See the Error tab.</p>}
      </section>
    </>
  );
}

const CallLink = ({ v, m, index }: { v: View; m: Model; index: number }) => (
  <button class="link row tight" onClick={() => selectSpan(v, index)}><Glyph kind="llm" />model call #{orderOf(m, index)}</button>
);

const option = { input: "CaptureInput", output: "CaptureOutput" };

interface ContentProps { v: View; m: Model; value: Text | undefined; span: Span; field: "input" | "output"; asked: AskedCall | undefined }

function Content({ v, m, value, span, field, asked }: ContentProps) {
  if (!value) return <p class="t2">Not captured. <span class="mono">{option[field]}</span> of this span, or <span class="mono">WithContent</span>, hides it, or there was none.</p>;
  return <Payload value={value} kept={cutBy(span, field) ? "cut by Limits.ValueBytes of the sender" : undefined} mark={asked && markOf(v, m, asked)} />;
}

const cutBy = (span: Span, field: string): number | undefined => span.truncated?.[field];

/** How much of a value the sender kept. */
export function Kept({ span, field, value }: { span: Span; field: string; value: Text | undefined }) {
  const before = cutBy(span, field);
  if (before === undefined || !value) return null;
  return <Chip look="strong" title="cut by Limits.ValueBytes of the sender; the model got all of it">{bytes(value.bytes)} of {bytes(before)} kept</Chip>;
}
