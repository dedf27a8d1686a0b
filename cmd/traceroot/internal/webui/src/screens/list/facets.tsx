// Counts of each value within the query, and one click to limit it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { chosenValues, toggled } from "../../state/query";
import { setParams } from "../../state/url";
import { text } from "../../text";
import { int } from "../../ui/format";
import { Icon } from "../../ui/icon";
import { visible } from "../../ui/text";
import type { Facets as FacetsData, Status } from "../../wire";
import { listText as t } from "./texts";

const always = ["status", "agent", "model", "tool", "env", "tag"];
const whereSeveral = ["service", "version"]; // one service says nothing
const statuses: Status[] = ["failed", "recovered", "running", "ok"];
const shortList = 6;

/** open: shown over the list where there is no room beside it, with controls that are elsewhere hidden there. */
export function Facets({ facets, query, dim, open, controls }: { facets: FacetsData | undefined; query: string; dim: boolean; open: boolean; controls: ComponentChildren }) {
  const several = whereSeveral.filter((field) => (facets?.[field]?.length ?? 0) > 1);
  return (
    <aside class={`fac scroll${open ? " open" : ""}`} aria-label={t.filters} id="filters">
      <div class="controls row wrap">{controls}</div>
      <div class={dim ? "dim" : ""}>
        {facets && [...always, ...several].map((field) => <Facet key={field} field={field} values={facets[field] ?? []} query={query} />)}
      </div>
    </aside>
  );
}

function Facet({ field, values, query }: { field: string; values: FacetsData[string]; query: string }) {
  const [all, setAll] = useState(false);
  const chosen = chosenValues(query, field);
  const list = field === "status" ? statuses.map((value) => ({ value, count: countOf(values, value) })) : [...values, ...missing(chosen, values)];
  if (list.length === 0) return null;
  return (
    <section>
      <h3>{t.facets[field]}</h3>
      {list.slice(0, all ? undefined : shortList).map(({ value, count }) => (
        <button class="fv" aria-pressed={chosen.includes(value)} title={visible(value)} onClick={() => setParams({ q: toggled(query, field, value) }, { push: true })}>
          <i>{chosen.includes(value) && <Icon name="ok" size={9} />}</i>
          <span class="row name"><span class="ell">{field === "status" ? text.status[value as Status] : visible(value)}</span>{field === "status" && <Sign status={value as Status} />}</span>
          <span class="n">{int(count)}</span>
        </button>
      ))}
      {list.length > shortList && <button class="fv t3" onClick={() => setAll(!all)}><i class="none" /><span>{all ? t.fewer : t.more(list.length - shortList)}</span></button>}
    </section>
  );
}

const countOf = (values: FacetsData[string], value: string): number => values.find((v) => v.value === value)?.count ?? 0;

/** What was chosen stays in sight, also where nothing has it. */
const missing = (chosen: string[], values: FacetsData[string]) => chosen.filter((value) => !values.some((v) => v.value === value)).map((value) => ({ value, count: 0 }));

function Sign({ status }: { status: Status }) {
  if (status === "failed") return <Icon name="err" size={10} class="g-err" />;
  if (status === "recovered") return <Icon name="errh" size={10} class="g-err" />;
  return status === "running" ? <span class="dot g-run" /> : null;
}
