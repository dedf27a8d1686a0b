import { OpenTelemetry } from "@ai-sdk/otel";
import { registerTelemetry } from "ai";
import { run } from "./scenario.mjs";
import { provider } from "./telemetry.mjs";

registerTelemetry(new OpenTelemetry());
await run({});
await provider.shutdown();
