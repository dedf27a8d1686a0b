// Which screen an address shows.
import type { ComponentChild } from "preact";
import { CompareScreen, ConnectScreen, DashboardScreen, SessionScreen, SessionsScreen, TraceScreen } from "./screens/provided";
import { StartScreen } from "./screens/start";
import { TracesScreen } from "./screens/traces";
import { text } from "./text";

export type NavName = keyof typeof text.nav;

export const navHref: Record<NavName, string> = {
  traces: "/traces", sessions: "/sessions", dashboard: "/dashboard", compare: "/compare", connect: "/connect",
};

interface Match { nav?: NavName; title: string; screen: () => ComponentChild }

export function match(path: string): Match {
  const [, first = "", rest = ""] = /^\/([^/]*)(?:\/(.+))?$/.exec(path) ?? [];
  const id = decode(rest);
  switch (id ? `${first}/` : first) {
    case "": return { nav: "traces", title: text.nav.traces, screen: () => <StartScreen /> };
    case "traces": return { nav: "traces", title: text.nav.traces, screen: () => <TracesScreen /> };
    case "t/": return { nav: "traces", title: id.slice(0, 8), screen: () => <TraceScreen key={id} id={id} /> };
    case "sessions": return { nav: "sessions", title: text.nav.sessions, screen: () => <SessionsScreen /> };
    case "s/": return { nav: "sessions", title: id, screen: () => <SessionScreen key={id} id={id} /> };
    case "dashboard": return { nav: "dashboard", title: text.nav.dashboard, screen: () => <DashboardScreen /> };
    case "compare": return { nav: "compare", title: text.nav.compare, screen: () => <CompareScreen /> };
    case "connect": return { nav: "connect", title: text.nav.connect, screen: () => <ConnectScreen /> };
    default: return { title: text.notFound, screen: () => <NotFound /> };
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function NotFound() {
  return <div class="plain"><h1>{text.notFound}</h1><p><a class="link" href="/traces">{text.toTraces}</a></p></div>;
}
