// Values as a whole: what is copied is never cut, however little of it is on the screen.
import { get } from "../../state/api";
import type { Message, Messages, Part, Span, Text } from "../../wire";

const perQuestion = 40;

export const fetchSpan = (trace: string, id: string) => get<Span>(`/api/ui/spans/${id}?trace=${trace}`);

/** All of a text, also where the page has only its beginning. */
export async function wholeText(text: Text | undefined): Promise<string | undefined> {
  if (!text?.blob) return text?.text;
  return (await fetch(`/api/ui/blobs/${text.blob}`)).text();
}

/** Messages with all of their texts. */
export async function wholeMessages(hashes: string[]): Promise<Message[]> {
  const known = new Map<string, Message>();
  for (let i = 0; i < hashes.length; i += perQuestion) {
    const query = hashes.slice(i, i + perQuestion).map((h) => `h=${h}`).join("&");
    for (const message of (await get<Messages>(`/api/ui/messages?${query}`)).data) known.set(message.hash, await wholeMessage(message));
  }
  return hashes.flatMap((hash) => known.get(hash) ?? []);
}

async function wholeMessage(message: Message): Promise<Message> {
  if (typeof message.content === "string") return message;
  return { ...message, content: await Promise.all(message.content.map(wholePart)) };
}

async function wholePart(part: Part): Promise<Part> {
  if (part.type !== "text" || !part.blob) return part;
  const { blob, bytes, ...rest } = part;
  return { ...rest, text: await (await fetch(`/api/ui/blobs/${blob}`)).text() };
}
