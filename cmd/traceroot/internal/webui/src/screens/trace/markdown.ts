// Messages as Markdown, for an issue or a chat.
import type { Message, Part } from "../../wire";

export function markdownOf(title: string, messages: Message[]): string {
  return [`# ${title}`, ...messages.map(section)].join("\n\n") + "\n";
}

function section(message: Message): string {
  const name = [message.role, message.name, message.toolCallId && `\`${message.toolCallId}\``].filter(Boolean).join(" ");
  const calls = (message.tool_calls ?? []).map((call) => `Calls \`${call.name}\` (\`${call.id}\`):\n\n${fenced(JSON.stringify(call.arguments, null, 2), "json")}`);
  const said = message.role === "tool" ? fenced(plain(message.content), "") : plain(message.content);
  return [`## ${name}`, said, ...calls].filter(Boolean).join("\n\n");
}

function plain(content: string | Part[]): string {
  if (typeof content === "string") return content;
  return content.map((p) => p.text ?? `*${p.mime ?? p.type}${p.bytes ? `, ${p.bytes} bytes` : ""}*`).join("\n\n");
}

// fenced uses a fence that is longer than any in the text.
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
