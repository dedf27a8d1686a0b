// Where a span was made: file and line, the lines around it where the server has them, and a link to the editor.
import { useLoad } from "../../state/api";
import { Icon } from "../../ui/icon";
import { Text } from "../../ui/text";
import { toast } from "../../ui/toast";
import type { SourceLines, Span } from "../../wire";
import type { Shown } from "./tabs";

type Source = NonNullable<Span["source"]>;

export const placeOf = (source: Source) => (source.file === "" ? source.func ?? "" : source.line > 0 ? `${source.file}:${source.line}` : source.file);

export function SourceLine({ source }: { source: Source }) {
  return (
    <button class="src" title={`Open in the editor (o): ${placeOf(source)}`} onClick={() => void openEditor()}>
      <Icon name="link" size={12} class="t3" />
      <span class="mono ell"><Text value={placeOf(source)} /></span>
      <span class="t3 s ell grow"><Text value={source.file === "" ? "" : source.func ?? ""} /></span>
      <kbd aria-hidden="true">o</kbd>
    </button>
  );
}

// The path on this machine comes with the lines, which are asked for when a span with a source is shown.
let opened: string | undefined;

/** Opens the file of the selected span in the editor that takes vscode: links. */
export function openEditor(): void {
  if (opened === undefined) {
    toast("The file is not on this machine");
    return;
  }
  toast(`Opening ${opened}`);
  location.href = opened;
}

/** Asks for the lines around the source of a span. */
export function useSource(trace: string, span: Span | undefined) {
  const asked = span?.source?.file ? `/api/ui/source?trace=${trace}&span=${span.id}` : undefined;
  const loaded = useLoad<SourceLines>(asked);
  const mine = loaded.data?.line === span?.source?.line && loaded.data?.file === span?.source?.file ? loaded.data : undefined;
  opened = mine?.path ? `vscode://file${encodeURI(mine.path)}:${mine.line}` : undefined;
  return { ...loaded, data: mine };
}

export function SourceTab({ span }: Shown) {
  if (!span.source?.file) return <p class="t2">The sender told no source file of this span.</p>;
  return <Code span={span} bad={false} />;
}

/** The lines around the source of a span; that line in red where an error came from there. */
export function Code({ span, bad }: { span: Span; bad: boolean }) {
  const { data, error } = useSource(span.trace, span);
  if (error) return <section><h3>Source</h3><p class="t2">{error.status === 404 ? "The file is not on this machine." : error.message}</p></section>;
  if (!data) return null;
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
