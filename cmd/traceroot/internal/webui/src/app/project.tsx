// The project, and the environment that the list is limited to.
import { useState } from "preact/hooks";
import { get, post } from "../state/api";
import { go, href, param } from "../state/url";
import { status } from "../state/status";
import { text } from "../text";
import { termsOf, withTerm } from "../state/query";
import { int } from "../ui/format";
import { Icon } from "../ui/icon";
import { Menu, type MenuEntry } from "../ui/menu";
import { visible } from "../ui/text";
import type { Facets } from "../wire";

export function Project() {
  const [environments, setEnvironments] = useState<Facets[string]>([]);
  const server = status.value;
  const query = param("q");
  const chosen = termsOf(query).find((term) => term.key === "env" && !term.not)?.value;
  if (!server?.project) return null;
  const load = (open: boolean) => {
    if (open) get<Facets>("/api/ui/facets").then((facets) => setEnvironments(facets.env ?? []), () => setEnvironments([]));
  };
  const limit = (env: string | undefined) => go(href("/traces", { q: withTerm(query, "env", env), from: param("from") }));
  const entries: MenuEntry[] = [
    { head: text.environment },
    { label: text.allEnvironments, checked: chosen === undefined, onPick: () => limit(undefined) },
    ...environments.map(({ value, count }): MenuEntry => ({ label: visible(value), note: int(count), checked: value === chosen, onPick: () => limit(value) })),
  ];
  if (server.keys) entries.push("line", { label: text.signOut, onPick: () => void post("/api/ui/sign-out", {}).finally(() => location.assign("/")) });
  return (
    <Menu class="btn quiet project" title={text.environment} entries={entries} onOpen={load}
      label={<span class="row s t2"><span>{server.project}</span><span class="t3">/</span>{visible(chosen ?? "all")}<Icon name="down" size={9} /></span>} />
  );
}
