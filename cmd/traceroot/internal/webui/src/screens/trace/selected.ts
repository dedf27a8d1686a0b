// A selected group, whether the server named it or it was found below another.
import { inner } from "./groups";
import type { Group, Model } from "./model";
import { groupKey } from "./rows";
import type { View } from "./view";

export function selectedGroup(v: View, m: Model): Group | undefined {
  if (!v.selected.value.startsWith(groupKey(""))) return undefined;
  const row = v.rows.value?.at(v.at.value);
  if (row?.entry.is === "group") return row.entry.group;
  return all(m.trace.groups, m).find((g) => groupKey(g.id) === v.selected.value);
}

const all = (groups: Group[], m: Model): Group[] => groups.flatMap((g) => [g, ...all(inner(m, g), m)]);
