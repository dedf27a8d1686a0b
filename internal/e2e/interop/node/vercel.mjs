import { run } from "./scenario.mjs";
import { provider } from "./telemetry.mjs";

await run({ experimental_telemetry: { isEnabled: true, functionId: "helper", metadata: { userId: "user-1", sessionId: "session-1" } } });
await provider.shutdown();
