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

/** Messages with all of their texts, and with images and sounds as data URLs. */
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
  if (!part.blob) return part;
  const { blob, bytes, ...rest } = part;
  const ask = () => fetch(`/api/ui/blobs/${blob}`);
  if (part.type === "text") return { ...rest, text: await (await ask()).text() };
  if (!/^(image|audio)\//.test(part.mime ?? "")) return part;
  return { ...rest, url: await dataURL(await (await ask()).blob(), part.mime ?? "") };
}

const dataURL = (data: Blob, mime: string) => new Promise<string>((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(String(reader.result));
  reader.onerror = () => failed(reader.error ?? new Error("the data could not be read"));
  reader.readAsDataURL(data.slice(0, data.size, mime));
});
