// The parts of a message that are not plain text: images, audio, files, reasoning, and text of any length.
import { useState } from "preact/hooks";
import { bytes as size, int } from "../../ui/format";
import { Icon } from "../../ui/icon";
import { Json } from "../../ui/json";
import { Text } from "../../ui/text";
import type { Part } from "../../wire";
import { Audio, Hex } from "./media";
import { Paged } from "./paged";

export const Parts = ({ parts }: { parts: Part[] }) => <>{parts.map((part, n) => <OnePart key={n} part={part} />)}</>;

const blobAddress = (blob: string) => `/api/ui/blobs/${blob}`;
const inlineLimit = 5e6; // pixels

function OnePart({ part }: { part: Part }) {
  if (part.type === "text" || part.type === "refusal") {
    if (!part.blob) return <p class="text">{part.type === "refusal" && <b class="b">Refused: </b>}<Text value={part.text ?? ""} /></p>;
    return <Paged value={{ text: part.text ?? "", bytes: part.bytes ?? 0, blob: part.blob }} />;
  }
  if (part.type === "reasoning") return <Reasoning part={part} />;
  const mime = part.mime ?? part.type;
  if (part.blob && /^image\/(png|jpeg|gif|webp|avif)$/.test(mime)) return <Picture part={part} blob={part.blob} />;
  if (part.blob && /^audio\//.test(mime)) return <Audio part={part} address={blobAddress(part.blob)} />;
  if (part.blob) return <File part={part} blob={part.blob} />;
  return <Other part={part} />;
}

function Reasoning({ part }: { part: Part }) {
  const [open, setOpen] = useState(false);
  const text = part.text ?? "";
  return (
    <div class="part">
      <button class="fold flat" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} size={9} /><span>reasoning</span><span class="t3 ell">{text ? size(part.bytes ?? text.length) : "kept by the provider"}</span>
      </button>
      {open && <div class="bd t2">{part.blob ? <Paged value={{ text, bytes: part.bytes ?? 0, blob: part.blob }} /> : <Text value={text} />}</div>}
    </div>
  );
}

// shortHash is of the content: the name of a blob begins with it.
function shortHash(blob: string): string {
  const hash = blob.split("-", 1)[0] ?? "";
  return hash.length > 12 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash;
}

const Head = ({ part, facts }: { part: Part; facts: string[] }) => (
  <header>
    <b class="ell"><Text value={part.mime ?? part.type} /></b>
    <span class="t3 ell">{facts.filter(Boolean).join(", ")}</span>
    <span class="grow" />
    {typeof part.tokens === "number" && <span class="t3 xs nowrap">{int(part.tokens)} tok</span>}
  </header>
);

const Save = ({ blob }: { blob: string }) => <a class="link" href={blobAddress(blob)} download>Save</a>;

function Picture({ part, blob }: { part: Part; blob: string }) {
  const [shown, setShown] = useState((part.width ?? 0) * (part.height ?? 0) <= inlineLimit && part.width !== undefined);
  const [broken, setBroken] = useState(false);
  const dimensions = part.width && part.height ? `${int(part.width)} × ${int(part.height)}` : "";
  return (
    <div class="part">
      <Head part={part} facts={[dimensions, part.bytes ? size(part.bytes) : "", `sha256 ${shortHash(blob)}`]} />
      <div class="bd">
        {broken ? <p class="t2">The server does not show this image: it is no image, or too large to decode.</p>
          : shown ? <img src={blobAddress(blob)} alt="Image of the message; the trace has no description of it" loading="lazy" onError={() => setBroken(true)} />
          : <button class="btn" onClick={() => setShown(true)}>Show image</button>}
      </div>
      <footer>
        <span>served from this machine, as an image only</span>
        <span class="grow" />
        <a class="link" href={blobAddress(blob)} target="_blank" rel="noopener">Full size</a>
        <Save blob={blob} />
      </footer>
    </div>
  );
}

function File({ part, blob }: { part: Part; blob: string }) {
  const name = typeof part.name === "string" ? part.name : typeof part.filename === "string" ? part.filename : "";
  return (
    <div class="part">
      <header>
        <b class="ell"><Text value={part.mime ?? part.type} /></b>
        <span class="t3 ell"><Text value={[name, part.bytes ? size(part.bytes) : ""].filter(Boolean).join(", ")} /></span>
        <span class="grow" />
        <span class="s"><Save blob={blob} /></span>
      </header>
      <div class="bd"><Hex address={blobAddress(blob)} /></div>
    </div>
  );
}

/** A part that the sender only named, or of a kind that is not known: as it was stored. Addresses are shown, never loaded. */
function Other({ part }: { part: Part }) {
  const { type, mime, bytes, ...rest } = part;
  return (
    <div class="part">
      <Head part={part} facts={[bytes ? size(bytes) : "", rest.url ? "not loaded: it is elsewhere" : ""]} />
      {Object.keys(rest).length > 0 && <div class="bd"><Json value={rest} /></div>}
    </div>
  );
}
