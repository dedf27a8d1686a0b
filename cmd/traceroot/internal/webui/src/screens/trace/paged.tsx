// A text that may be long: the first 64 KiB of it, the exact size, the next part, a search in all of it, and saving.
import { useState } from "preact/hooks";
import { get } from "../../state/api";
import { bytes as size, int } from "../../ui/format";
import { Json, parseJson, type Marker } from "../../ui/json";
import { Text } from "../../ui/text";
import type { BlobMatches, Text as Long } from "../../wire";

const page = 64 << 10;

/** Text as it is, or laid out where it is JSON and here as a whole. */
export function Payload({ value, kept, mark }: { value: Long; kept?: string; mark?: Marker }) {
  const structured = value.blob ? undefined : asObject(value.text);
  if (structured !== undefined) return <div class="code wrapped"><Json value={structured} mark={mark} /></div>;
  return <Paged value={value} kept={kept} />;
}

/** The value of JSON that is an object or a list; undefined of all other text. */
export function asObject(text: string): unknown {
  const start = text.trimStart().charAt(0);
  if (start !== "{" && start !== "[") return undefined;
  const value = parseJson(text);
  return typeof value === "object" && value !== null ? value : undefined;
}

export function Paged({ value, kept }: { value: Long; kept?: string }) {
  const [text, setText] = useState(value.text);
  const [at, setAt] = useState(new TextEncoder().encode(value.text).length);
  const [problem, setProblem] = useState("");
  const [sought, setSought] = useState<string | null>(null);
  const more = value.blob !== undefined && at < value.bytes;
  const next = async () => {
    try {
      const response = await fetch(`/api/ui/blobs/${value.blob}`, { headers: { Range: `bytes=${at}-${at + page - 1}` } });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      const part = await response.arrayBuffer();
      const whole = wholeCharacters(new Uint8Array(part), at + part.byteLength >= value.bytes);
      setText(text + new TextDecoder().decode(whole));
      setAt(at + whole.byteLength);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div class="part">
      <div class="bd"><div class="text"><Text value={text} /></div></div>
      {(value.blob || kept) && (
        <footer>
          {value.blob && <span>{size(Math.min(at, value.bytes))} of {size(value.bytes)}</span>}
          {more && <button class="link" onClick={() => void next()}>Next 64 KiB</button>}
          {value.blob && <button class="link" onClick={() => setSought(sought === null ? "" : null)}>Search all {size(value.bytes)}</button>}
          {value.blob && <a class="link" href={`/api/ui/blobs/${value.blob}`} download>Save</a>}
          {kept && <><span class="grow" /><span>{kept}</span></>}
          {problem && <span class="err">{problem}</span>}
        </footer>
      )}
      {sought !== null && value.blob && <BlobSearch blob={value.blob} />}
    </div>
  );
}

// wholeCharacters leaves out a last character of which some bytes are in the next part.
function wholeCharacters(part: Uint8Array, last: boolean): Uint8Array {
  if (last) return part;
  let lead = part.length - 1;
  while (lead > 0 && ((part[lead] ?? 0) & 0xc0) === 0x80) lead--;
  const first = part[lead] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return lead + length > part.length ? part.subarray(0, lead) : part;
}

function BlobSearch({ blob }: { blob: string }) {
  const [found, setFound] = useState<BlobMatches | null>(null);
  const [problem, setProblem] = useState("");
  const search = (text: string) => {
    if (!text) return setFound(null);
    get<BlobMatches>(`/api/ui/blobs/${blob}?find=${encodeURIComponent(text)}`).then(setFound, (error: unknown) => setProblem(String(error)));
  };
  return (
    <div class="search">
      <input aria-label="Search all of it" placeholder="Search all of it, Enter" spellcheck={false}
        onKeyDown={(e) => { if (e.key === "Enter") search(e.currentTarget.value); }} />
      {problem && <p class="err">{problem}</p>}
      {found && <p class="t3 xs" role="status">{found.more ? "more than " : ""}{int(found.data.length)} found</p>}
      {found?.data.map((place) => (
        <p class="mono hitline" key={place.byte}>
          <span class="t3">line {int(place.line)}</span>{" "}
          <Text value={place.text.slice(0, place.at[0])} /><mark><Text value={place.text.slice(place.at[0], place.at[1])} /></mark><Text value={place.text.slice(place.at[1])} />
        </p>
      ))}
    </div>
  );
}
