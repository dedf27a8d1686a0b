// A model call as a curl command: the recorded messages, tools and parameters to the provider's own address. Keys are never
// recorded, so the command names a variable.
import type { Message, Part, Span } from "../../wire";

interface Request { url: string; headers: string[]; body: Record<string, unknown> }

export function curlOf(span: Span, messages: Message[]): string {
  const { url, headers, body } = isAnthropic(span) ? anthropic(span, messages) : openAI(span, messages);
  const lines = [`curl ${quote(url)}`, ...headers.map((h) => `-H ${h}`), `-H 'Content-Type: application/json'`, `-d ${quote(JSON.stringify(body, null, 2))}`];
  return lines.join(" \\\n  ");
}

// quote is for a shell: within single quotes nothing but the quote itself has a meaning.
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const isAnthropic = (span: Span) => span.provider === "anthropic" || (!span.provider && (span.model ?? "").startsWith("claude"));

function address(span: Span, host: string, path: string): string {
  const server = span.attributes["server.address"], port = span.attributes["server.port"], to = span.attributes["url.path"];
  if (typeof server !== "string") return `https://${host}${path}`;
  const local = /^(localhost|127\.|\[?::1)/.test(server);
  const at = typeof port === "number" && port !== 443 && port !== 80 ? `:${port}` : "";
  return `${local ? "http" : "https"}://${server}${at}${typeof to === "string" ? to : path}`;
}

const parametersOf = (span: Span): Record<string, unknown> => (typeof span.parameters === "object" && span.parameters !== null ? { ...span.parameters } : {});

function openAI(span: Span, messages: Message[]): Request {
  const tools = span.tools?.map((tool) => ({ type: "function", function: tool }));
  return {
    url: address(span, "api.openai.com", "/v1/chat/completions"),
    headers: [`"Authorization: Bearer $API_KEY"`],
    body: { model: span.model, messages: messages.map(openAIMessage), ...(tools?.length ? { tools } : {}), ...parametersOf(span) },
  };
}

function openAIMessage(message: Message): Record<string, unknown> {
  return {
    role: message.role,
    content: contentOf(message.content, openAIPart),
    ...(message.name ? { name: message.name } : {}),
    ...(message.toolCallId ? { tool_call_id: message.toolCallId } : {}),
    ...(message.tool_calls?.length ? { tool_calls: message.tool_calls.map((c) => ({ id: c.id, type: "function", function: { name: c.name, arguments: asText(c.arguments) } })) } : {}),
  };
}

const contentOf = (content: string | Part[], write: (part: Part) => unknown): unknown => (typeof content === "string" ? content : content.map(write));

function openAIPart(part: Part): unknown {
  const { mime = "", data } = dataOf(part);
  if (part.type === "text") return { type: "text", text: part.text };
  if (mime.startsWith("audio/") && data) return { type: "input_audio", input_audio: { data, format: mime.slice("audio/".length) } };
  return part.url && (part.type === "image" || mime.startsWith("image/")) ? { type: "image_url", image_url: { url: part.url } } : part;
}

function anthropicPart(part: Part): unknown {
  const { mime = "", data } = dataOf(part);
  if (part.type === "text") return { type: "text", text: part.text };
  if (!part.url || (part.type !== "image" && !mime.startsWith("image/"))) return part;
  return { type: "image", source: data ? { type: "base64", media_type: mime, data } : { type: "url", url: part.url } };
}

// dataOf is the type and the base64 of a data URL.
function dataOf(part: Part): { mime?: string | undefined; data?: string | undefined } {
  const [, mime = part.mime, data] = /^data:([^;,]*);base64,(.*)$/s.exec(part.url ?? "") ?? [];
  return { mime, data };
}

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function anthropic(span: Span, messages: Message[]): Request {
  const system = messages.filter((m) => m.role === "system" || m.role === "developer").map((m) => plain(m.content)).join("\n\n");
  const tools = span.tools?.map((tool) => ({ name: tool.name, description: tool.description, input_schema: tool.parameters ?? { type: "object" } }));
  return {
    url: address(span, "api.anthropic.com", "/v1/messages"),
    headers: [`"x-api-key: $API_KEY"`, "'anthropic-version: 2023-06-01'"],
    body: {
      model: span.model, max_tokens: 1024, ...(system ? { system } : {}),
      messages: messages.filter((m) => m.role !== "system" && m.role !== "developer").map(anthropicMessage),
      ...(tools?.length ? { tools } : {}), ...parametersOf(span),
    },
  };
}

function anthropicMessage(message: Message): Record<string, unknown> {
  if (message.role === "tool") return { role: "user", content: [{ type: "tool_result", tool_use_id: message.toolCallId, content: contentOf(message.content, anthropicPart) }] };
  if (!message.tool_calls?.length) return { role: message.role, content: contentOf(message.content, anthropicPart) };
  const said: unknown[] = typeof message.content === "string" ? (message.content ? [{ type: "text", text: message.content }] : []) : message.content.map(anthropicPart);
  return { role: message.role, content: [...said, ...message.tool_calls.map((c) => ({ type: "tool_use", id: c.id, name: c.name, input: c.arguments }))] };
}

const plain = (content: string | Part[]): string => (typeof content === "string" ? content : content.map((p) => p.text ?? "").join("\n"));
