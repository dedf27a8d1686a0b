// Screens whose scripts are loaded only where they are shown. A page that begins with one runs its script first; else it is
// loaded when the reader goes there.
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError } from "../state/api";
import { painted } from "../state/painted";
import { text } from "../text";
import { Failed } from "../ui/failed";

interface WithId { id: string }

interface Screens {
  trace: ComponentType<WithId>;
  session: ComponentType<WithId>;
  sessions: ComponentType;
  dashboard: ComponentType;
  compare: ComponentType;
  connect: ComponentType;
}

const screens = signal<Partial<Screens>>({});
const lost = signal(false);
const quietMs = 2000;

/** Called by the scripts when they run. */
export function provide(some: Partial<Screens>): void { screens.value = { ...screens.peek(), ...some }; }

const scripts = { trace: () => import("../entries/trace"), other: () => import("../entries/other") };

function load(script: keyof typeof scripts): void {
  lost.value = false;
  scripts[script]().catch(() => { lost.value = true; });
}

// Whoever goes to another screen finds it there, also when the server has gone meanwhile. From the list that is a trace.
void painted.then(() => {
  if (Object.keys(screens.peek()).length === 0) load("trace");
  setTimeout(() => {
    load("trace");
    load("other");
  }, quietMs);
});

export const TraceScreen = ({ id }: WithId) => <Provided script="trace" name="trace" id={id} />;
export const SessionScreen = ({ id }: WithId) => <Provided script="other" name="session" id={id} />;
export const SessionsScreen = () => <Provided script="other" name="sessions" />;
export const DashboardScreen = () => <Provided script="other" name="dashboard" />;
export const CompareScreen = () => <Provided script="other" name="compare" />;
export const ConnectScreen = () => <Provided script="other" name="connect" />;

function Provided({ script, name, id = "" }: { script: keyof typeof scripts; name: keyof Screens; id?: string }) {
  const Screen = screens.value[name];
  useEffect(() => { if (!Screen) load(script); }, [Screen, script]);
  if (Screen) return <Screen id={id} />;
  // A server of another version has other scripts: then the page has to be loaded anew.
  return lost.value ? <Failed error={new ApiError(0, text.noAnswer, `GET ${script}.js`)} retry={() => location.reload()} /> : null;
}
