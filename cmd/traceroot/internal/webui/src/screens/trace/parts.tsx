// The parts of a message that are not plain text: images, audio, files, reasoning, and text of any length.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { bytes as size, int } from "../../ui/format";
import { Icon } from "../../ui/icon";
import { Json } from "../../ui/json";
import { Markdown } from "../../ui/markdown";
import { Text } from "../../ui/text";
import { copy } from "../../ui/toast";
import type { Part } from "../../wire";
import { Audio, Hex } from "./media";
import { Paged } from "./paged";

export const Parts = ({ parts, laidOut = false }: { parts: Part[]; laidOut?: boolean }) => <>{parts.map((part, n) => <OnePart key={n} part={part} laidOut={laidOut} />)}</>;

const blobAddress = (blob: string) => `/api/ui/blobs/${blob}`;
const inlineLimit = 5e6; // pixels

function OnePart({ part, laidOut }: { part: Part; laidOut: boolean }) {
  if (part.type === "text" && laidOut && !part.blob) return <Markdown value={part.text ?? ""} />;
  if (part.type === "text" || part.type === "refusal") {
    if (!part.blob) return <p class="text">{part.type === "refusal" && <b class="b">Refused: </b>}<Text value={part.text ?? ""} /></p>;
    return <Paged value={{ text: part.text ?? "", bytes: part.bytes ?? 0, blob: part.blob }} />;
  }
  if (part.type === "reasoning") return <Reasoning part={part} />;
  const mime = part.mime ?? part.type;
  // The server knows the dimensions of whatever is such an image.
  if (part.blob && part.width !== undefined && /^image\/(png|jpeg|gif|webp|avif)$/.test(mime)) return <Picture part={part} blob={part.blob} />;
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

const Head = ({ part, facts, children }: { part: Part; facts: string[]; children?: ComponentChildren }) => (
  <header>
    <b class="ell"><Text value={part.mime ?? part.type} /></b>
    <span class="t3 ell">{facts.filter(Boolean).join(", ")}</span>
    <span class="grow" />
    {typeof part.tokens === "number" && <span class="t3 xs nowrap">{int(part.tokens)} tok</span>}
    {children}
  </header>
);

const Save = ({ blob }: { blob: string }) => <a class="link" href={blobAddress(blob)} download>Save</a>;

function Picture({ part, blob }: { part: Part; blob: string }) {
  const [shown, setShown] = useState((part.width ?? 0) * (part.height ?? 0) <= inlineLimit);
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
  const { url } = rest;
  return (
    <div class="part">
      <Head part={part} facts={[bytes ? size(bytes) : "", url ? "not loaded: it is elsewhere" : ""]}>
        {url && <button class="btn quiet" onClick={() => void copy(url, "address")}>Copy address</button>}
      </Head>
      {Object.keys(rest).length > 0 && <div class="bd"><Json value={rest} /></div>}
    </div>
  );
}
