// What the recordings of the AI SDK do: a text answer, a tool's round trip, a streamed answer, embeddings.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embed, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

export async function run(telemetry) {
  const models = createOpenAICompatible({ name: "scripted", baseURL: process.env.MODEL_URL + "/v1", includeUsage: true });
  const model = models("gpt-4o-mini");
  const getWeather = tool({
    description: "The weather in a city.",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => ({ city, degrees: 21 }),
  });
  await generateText({ model, system: "Answer in one sentence.", prompt: "What is the capital of France?", temperature: 0.5, ...telemetry });
  await generateText({
    model, prompt: "What is the weather in Paris?", tools: { get_weather: getWeather }, stopWhen: stepCountIs(3), ...telemetry,
  });
  const image = { type: "image", image: "data:image/png;base64,iVBORw0KGgo=" };
  const streamed = streamText({
    model, messages: [{ role: "user", content: [{ type: "text", text: "What is the capital of France?" }, image] }], ...telemetry,
  });
  for await (const _ of streamed.textStream);
  await embed({ model: models.textEmbeddingModel("text-embedding-3-small"), value: "Paris", ...telemetry });
}
