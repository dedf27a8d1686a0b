// The Attributes tab: everything that the span says of itself, with a filter.
import { useState } from "preact/hooks";
import { dur, int } from "../../ui/format";
import { Json } from "../../ui/json";
import { Text } from "../../ui/text";
import { Pairs } from "./parameters";
import type { Shown } from "./tabs";

export function Attributes({ m, span }: Shown) {
  const [filter, setFilter] = useState("");
  const matching = (from: Record<string, unknown>) => {
    const wanted = filter.toLowerCase();
    return Object.entries(from).filter(([name, value]) => !wanted || name.toLowerCase().includes(wanted) || String(value).toLowerCase().includes(wanted));
  };
  const own = matching(span.attributes), resource = matching(span.resource);
  const count = Object.keys(span.attributes).length + Object.keys(span.resource).length;
  return (
    <>
      <label class="filter">
        <span class="sr">Filter attributes</span>
        <input placeholder="Filter by name or value" value={filter} spellcheck={false} onInput={(e) => setFilter(e.currentTarget.value)} />
        <span class="t3 xs" role="status">{filter ? `${own.length + resource.length} of ${int(count)}` : ""}</span>
      </label>
      <section><h3>Attributes <span class="t3">{span.scope}</span></h3>{own.length > 0 ? <Pairs pairs={own} /> : <p class="t3">none</p>}</section>
      {span.events?.map((event, n) => (
        <section key={n}>
          <h3>Event <Text value={event.name} /> <span class="t3">{event.time ? `+${dur(Math.max(Date.parse(event.time) - Date.parse(m.trace.row.start), 0))}` : ""}</span></h3>
          {event.attributes && <Pairs pairs={matching(event.attributes)} />}
        </section>
      ))}
      {(span.links?.length ?? 0) > 0 && <section><h3>Links</h3><div class="code wrapped"><Json value={span.links} /></div></section>}
      {resource.length > 0 && <section><h3>Resource <span class="t3">of the process that sent it</span></h3><Pairs pairs={resource} /></section>}
    </>
  );
}
