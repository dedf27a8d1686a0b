// One span, sent by this page, to see that the way is clear.
import { post } from "../../state/api";

const hex = (bytes: number): string => Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, "0")).join("");
const nano = (ms: number): string => `${ms}000000`;
const took = 320;

/** Sends it and returns the id of its trace. */
export async function sendTestSpan(): Promise<string> {
  const trace = hex(16);
  const now = Date.now();
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  await post("/v1/traces", {
    resourceSpans: [{
      resource: { attributes: [text("service.name", "test")] },
      scopeSpans: [{
        scope: { name: "connect" },
        spans: [{ traceId: trace, spanId: hex(8), name: "test span", kind: 1, startTimeUnixNano: nano(now - took), endTimeUnixNano: nano(now) }],
      }],
    }],
  });
  return trace;
}
