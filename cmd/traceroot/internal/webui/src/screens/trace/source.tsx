// Where a span was made: file and line, the lines around it where the server has them, and a link to the editor.
import { get, useLoad } from "../../state/api";
import { Icon } from "../../ui/icon";
import { Text } from "../../ui/text";
import { toast } from "../../ui/toast";
import type { SourceLines, Span } from "../../wire";
import type { Shown } from "./tabs";

type Source = NonNullable<Span["source"]>;

const placeOf = (source: Source) => (source.file === "" ? source.func ?? "" : source.line > 0 ? `${source.file}:${source.line}` : source.file);

export function SourceLine({ span, source }: { span: Span; source: Source }) {
  return (
    <button class="src" title={`Open in the editor (o): ${placeOf(source)}`} onClick={() => void openEditor(span)}>
      <Icon name="link" size={12} class="t3" />
      <span class="mono ell"><Text value={placeOf(source)} /></span>
      <span class="t3 s ell grow"><Text value={source.file === "" ? "" : source.func ?? ""} /></span>
      <kbd aria-hidden="true">o</kbd>
    </button>
  );
}

const addressOf = (span: Span) => `/api/ui/source?trace=${span.trace}&span=${span.id}`;

/** Opens the source of a span in the editor that takes vscode: links. Where the file is, the server knows. */
export async function openEditor(span: Span | undefined): Promise<void> {
  if (!span?.source?.file) return toast("This span names no source file");
  try {
    const { path, line } = await get<SourceLines>(addressOf(span));
    if (!path) return toast(`${placeOf(span.source)} is not on this machine`);
    toast(`Opening ${placeOf(span.source)}`);
    location.href = `vscode://file${encodeURI(path)}:${line}`;
  } catch {
    toast(`${placeOf(span.source)}: the server does not answer`);
  }
}

export function SourceTab({ span }: Shown) {
  if (!span.source?.file) return <p class="t2">The sender told no source file of this span.</p>;
  return <Code span={span} bad={false} />;
}

/** The lines around the source of a span; that line in red where an error came from there. */
export function Code({ span, bad }: { span: Span; bad: boolean }) {
  const { data, error } = useLoad<SourceLines>(addressOf(span));
  if (error) return <section><h3>Source</h3><p class="t2">{error.message}</p></section>;
  if (!data) return null;
  if (!data.path) return <section><h3>Source</h3><p class="t2">The file is not on this machine.</p></section>;
  const state = data.matches ? "unchanged since the span began" : "changed since";
  return (
    <section>
      <h3>Source <span class={data.matches ? "t3" : "err"}>{state}</span></h3>
      {data.matches ? <Lines data={data} bad={bad} /> : <p class="t2">The lines of then are not known any more.</p>}
    </section>
  );
}

const Lines = ({ data, bad }: { data: SourceLines; bad: boolean }) => (
  <div class="code lines">
    {data.lines.map((line, n) => {
      const number = data.from + n;
      const here = number === data.line;
      return <div key={number} class={here ? (bad ? "here bad" : "here") : ""}><span class="t3 no">{number}</span><Text value={line} /></div>;
    })}
  </div>
);
