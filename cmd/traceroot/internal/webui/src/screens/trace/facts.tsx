// The line of facts above every tab.
import type { ComponentChild } from "preact";
import { dur, int, usd } from "../../ui/format";
import { Text } from "../../ui/text";
import type { Span } from "../../wire";
import { cachedOf, costOf, firstTokenOf, inOf, isRunning, kindOf, outOf, startOf, tookOf, type Model } from "./model";
import type { View } from "./view";

interface Props { v: View; m: Model; index: number; span: Span | undefined }

export function Facts({ v, m, index, span }: Props) {
  const running = isRunning(m, index);
  const took = tookOf(m, index, running ? v.now.value : 0);
  return (
    <dl class="facts">
      <Fact name="Started">+{dur(startOf(m, index))}</Fact>
      <Fact name="Took">{running ? <span class="ok">{dur(took)}</span> : dur(took)}</Fact>
      {kindOf(m, index) === "llm" ? <ModelFacts m={m} index={index} span={span} /> : <ToolFacts span={span} />}
    </dl>
  );
}

function ModelFacts({ m, index, span }: { m: Model; index: number; span: Span | undefined }) {
  const first = firstTokenOf(m, index);
  const cached = cachedOf(m, index);
  const used = inOf(m, index) + outOf(m, index) > 0;
  const running = isRunning(m, index);
  return (
    <>
      {first > 0 && <Fact name="First token">{dur(first)}</Fact>}
      {used || running ? null : <Fact name="Tokens"><span class="t3">no usage reported</span></Fact>}
      {used && <Fact name="In">{int(inOf(m, index))}{cached > 0 && <span class="t3"> ({int(cached)} cached)</span>}</Fact>}
      {used && <Fact name="Out">{int(outOf(m, index))}</Fact>}
      {used && <Fact name="Cost">{price(m, index, running, span)}</Fact>}
      {span?.httpStatus !== undefined && span.httpStatus >= 400 && <Fact name="Status"><span class="err">{span.httpStatus}</span></Fact>}
      {span?.resend ? <Fact name="Attempts">{span.resend + 1}</Fact> : null}
    </>
  );
}

function price(m: Model, index: number, running: boolean, span: Span | undefined): ComponentChild {
  if (costOf(m, index) < 0) return <span class="t3">no price for <Text value={span?.model ?? "this model"} /></span>;
  return `${running || span?.usage?.estimated ? "≈ " : ""}${usd(costOf(m, index))}`;
}

function ToolFacts({ span }: { span: Span | undefined }) {
  return (
    <>
      {span?.toolCallId && <Fact name="Call id"><span class="mono"><Text value={span.toolCallId} /></span></Fact>}
      {span?.resend ? <Fact name="Attempts">{span.resend + 1}</Fact> : null}
    </>
  );
}

export const Fact = ({ name, children }: { name: string; children: ComponentChild }) => <div><dt>{name}</dt><dd>{children}</dd></div>;
