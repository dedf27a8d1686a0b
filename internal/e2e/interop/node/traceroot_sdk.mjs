import OpenAI from "openai";
import { TraceRoot, observe, updateCurrentSpan, usingAttributes } from "@traceroot-ai/traceroot";

TraceRoot.initialize({
  apiKey: "tr-00000000-0000-0000-0000-000000000000", baseUrl: process.env.MODEL_URL, instrumentModules: { openAI: OpenAI },
});
const client = new OpenAI({ baseURL: process.env.MODEL_URL + "/v1" });
const getWeather = async (city) => ({ city, degrees: 21 });
const ask = async (question) => {
  updateCurrentSpan({ model: "gpt-4o-mini", usage: { input_tokens: 20, output_tokens: 7 } });
  return "The capital of France is Paris.";
};
const helper = async (question) => {
  await observe({ name: "get_weather", type: "tool" }, getWeather, "Paris");
  await client.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: question }] });
  return observe({ name: "ask", type: "llm" }, ask, question);
};
await usingAttributes({ sessionId: "session-1", userId: "user-1", tags: ["trip"] }, () =>
  observe({ name: "helper", type: "agent" }, helper, "What is the capital of France?"));
await TraceRoot.shutdown();
