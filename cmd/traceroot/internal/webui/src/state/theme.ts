// Dark, light, or as the system is.
import { computed, effect, signal } from "@preact/signals";
import { pref } from "./prefs";

const chosen = pref<"" | "dark" | "light">("theme", "");
const systemLight = matchMedia("(prefers-color-scheme: light)");
const system = signal(systemLight.matches ? "light" : "dark");
systemLight.addEventListener("change", (e) => { system.value = e.matches ? "light" : "dark"; });

/** What is on the screen. */
export const theme = computed(() => chosen.value || system.value);

effect(() => { document.documentElement.dataset.theme = theme.value; });

export function switchTheme(): void {
  const next = theme.peek() === "dark" ? "light" : "dark";
  chosen.value = next === system.peek() ? "" : next;
}
