// A tool call as a model asked for it: its arguments with where they came from, and what is wrong with them.
import { Chip } from "../../ui/chip";
import { Glyph } from "../../ui/glyph";
import { Json, parseJson, type Mark, type Marker } from "../../ui/json";
import { Odd, Text, visible } from "../../ui/text";
import type { AskedCall } from "../../wire";
import { hasFailed, nameOf, noteOf, type Model } from "./model";
import { selectSpan, type View } from "./view";

interface Props { v: View; m: Model; call: { id: string; name: string; arguments: unknown }; asked: AskedCall | undefined }

export function CallCard({ v, m, call, asked }: Props) {
  const span = asked?.span === undefined ? v.talk.value?.spanOf.get(call.id) : m.byId.get(asked.span);
  const bad = asked?.failed || (span !== undefined && hasFailed(m, span));
  const note = span === undefined ? "" : noteOf(m, span) || (bad ? "failed" : "");
  return (
    <div class="callb">
      <header>
        <Glyph kind="tool" state={bad ? "err" : undefined} />
        <b class="ell"><Text value={call.name} /></b>
        <span class="mono t3 ell"><Text value={call.id} /></span>
        <span class="grow" />
        {asked?.byOrder && <span class="t3 xs nowrap">matched by order</span>}
        {bad && <Chip look="err"><Text value={note || "failed"} /></Chip>}
        {span !== undefined && <button class="btn quiet low" title="Go to the result (p)" onClick={() => selectSpan(v, span)}>result <kbd aria-hidden="true">p</kbd></button>}
      </header>
      {asked && <Notes v={v} m={m} asked={asked} />}
      <Arguments value={call.arguments} mark={asked && markOf(v, m, asked)} />
    </div>
  );
}

export function Arguments({ value, mark }: { value: unknown; mark: Marker | undefined }) {
  const read = typeof value === "string" ? parseJson(value) : value;
  if (read === undefined) return <div class="json"><Text value={String(value)} /></div>;
  return <Json value={read} mark={mark} />;
}

/** What a reader should know of a call: arguments out of nowhere, and that it was made before. */
export function Notes({ v, m, asked }: { v: View; m: Model; asked: AskedCall }) {
  const before = asked.repeats === undefined ? undefined : m.byId.get(asked.repeats);
  return (
    <>
      {asked.unseen.map((u) => (
        <footer key={u.path}>
          <Chip look="strong">not in context</Chip>
          <span>
            <span class="mono"><Odd value={u.value} at={u.odd} /></span> {inWords(u)}was never shown to the model
            {u.closest !== undefined && <>; <Origin v={v} m={m} span={u.span} hash={u.at} /> said <span class="mono"><Text value={u.closest} /></span></>}
          </span>
        </footer>
      ))}
      {before !== undefined && (
        <footer>
          <Chip look="strong">repeat</Chip>
          <span class="ell">same arguments as <button class="link" onClick={() => selectSpan(v, before)}>an earlier <Text value={nameOf(m, before)} /></button>{hasFailed(m, before) ? ", which failed" : ""}</span>
        </footer>
      )}
    </>
  );
}

function Origin({ v, m, span, hash }: { v: View; m: Model; span?: string; hash?: string }) {
  const from = span === undefined ? undefined : m.byId.get(span);
  if (from !== undefined) return <button class="link" onClick={() => selectSpan(v, from)}><Text value={nameOf(m, from)} /></button>;
  if (hash === undefined) return <>the closest</>;
  return <button class="link" onClick={() => { v.pointed.value = hash; }}>a message</button>;
}

const lookalikes: Record<string, string> = { O: "letter O", o: "letter o", I: "letter I", l: "letter l", "0": "digit 0", "1": "digit 1" };

// inWords names a single odd character that looks like another.
function inWords(u: AskedCall["unseen"][number]): string {
  const character = u.odd?.length === 1 ? [...u.value][u.odd[0] ?? -1] : undefined;
  const words = character === undefined ? undefined : lookalikes[character];
  return words === undefined ? "" : `(${words}) `;
}

/** Marks arguments by whether their text is in what the model had been shown. It is a search for text, no more. */
export function markOf(v: View, m: Model, asked: AskedCall): Marker {
  const unseen = new Map(asked.unseen.map((u) => [u.path, u]));
  const seen = new Map(asked.seen.map((s) => [s.path, s]));
  return (at): Mark | undefined => {
    const path = at.replace(/\[(\d+)\]/g, ".$1").replace(/^\./, "");
    const no = unseen.get(path);
    if (no) return { class: "unseen", title: "not in anything the model was shown", content: <Odd value={no.value} at={no.odd} /> };
    const yes = seen.get(path);
    if (!yes) return undefined;
    const from = yes.span === undefined ? undefined : m.byId.get(yes.span);
    const where = from === undefined ? "a message" : `what ${visible(nameOf(m, from))} said`;
    return { class: "seen", title: `found as text in ${where}`, onClick: () => { v.pointed.value = yes.hash; } };
  };
}
