// One conversation across traces: turns, what the user lived through, what it took.
import { useEffect, useState } from "preact/hooks";
import { useLoad } from "../state/api";
import { useKeys } from "../state/keys";
import { absolute, go, href, param, setParams, traceHref } from "../state/url";
import { Icon } from "../ui/icon";
import { Kbd } from "../ui/kbd";
import { Menu } from "../ui/menu";
import { visible } from "../ui/text";
import { copy } from "../ui/toast";
import { asTable } from "../ui/charts-axis";
import type { Session, SessionPage } from "../wire";
import { Chat } from "./session-chat";
import { markdown, turnOfInterest, type Turn } from "./session-data";
import { useLiveSession } from "./session-live";
import { Side } from "./session-side";
import { Blank, Problem } from "./session-states";
import { words } from "./session-text";
import { Turns } from "./session-turns";

type Pane = "turns" | "chat" | "side"; // which one a narrow page shows

export function SessionScreen({ id }: { id: string }) {
  const { data, error, reload } = useLoad<Session>(`/api/ui/sessions/${encodeURIComponent(id)}`);
  const session = data?.row.id === id ? data : undefined;
  const turns = session?.turns ?? [];
  const streamed = useLiveSession(id, session, reload);
  const selected = Math.min(Math.max(0, turns.length - 1), param("turn") ? Number(param("turn")) - 1 || 0 : turnOfInterest(turns));
  const [picked, setPicked] = useState(0);
  const [pane, setPane] = useState<Pane>("chat");
  const { open, toggle } = useOpenTurns(id, turns);
  const [menu, setMenu] = useState(false);
  const neighbours = useNeighbours(id);

  useEffect(() => { if (session && param("turn")) setPicked((n) => n + 1); }, [session !== undefined, id]);
  const select = (turn: number) => {
    if (turn < 0 || turn >= turns.length) return;
    setParams({ turn: String(turn + 1) });
    setPicked((n) => n + 1);
    setPane("chat");
  };
  const fold = (show: boolean) => { const turn = turns[selected]; if (turn && open.has(turn.id) !== show) toggle(turn); };
  const next = () => select(selected + 1), previous = () => select(selected - 1);
  const leave = (to: string | undefined) => to !== undefined && go(`/s/${encodeURIComponent(to)}`, { replace: true });
  useKeys({
    j: next, ArrowDown: next, k: previous, ArrowUp: previous,
    l: () => fold(true), ArrowRight: () => fold(true), h: () => fold(false), ArrowLeft: () => fold(false),
    Enter: () => { const turn = turns[selected]; if (turn) go(traceHref(turn.id)); },
    c: () => setMenu(true), T: () => { asTable.value = !asTable.peek(); }, Escape: () => go("/sessions"),
    "[": () => { leave(neighbours.previous); }, "]": () => { leave(neighbours.next); },
  });

  if (error && !session) return <div class="plain"><Problem error={error} retry={reload}><a class="btn" href="/sessions">{words.sessions}</a></Problem></div>;
  return (
    <div class={`session show-${pane}`}>
      <section class="turns col">
        <div class="ph">
          <h1 class="ell" title={visible(id)}>{visible(id)}</h1><span class="t3 s nowrap">{session && words.turns(turns.length)}</span><span class="grow" />
          <button class="btn quiet" aria-label={words.previous} title={`${words.previous} ([)`} disabled={!neighbours.previous} onClick={() => leave(neighbours.previous)}><Icon name="left" /></button>
          <button class="btn quiet" aria-label={words.next} title={`${words.next} (])`} disabled={!neighbours.next} onClick={() => leave(neighbours.next)}><Icon name="right" /></button>
        </div>
        {session && <Turns turns={turns} selected={selected} onSelect={select} />}
      </section>
      {session && turns.length === 0
        ? <section class="chatw"><Blank title={words.noTurns} /></section>
        : <Chat turns={turns} selected={selected} scrollTo={picked} open={open} onToggle={toggle} streamed={(trace) => streamed.value.get(trace) ?? ""} />}
      <section class="sidew col">
        <div class="ph">
          <h2>{words.session}</h2><span class="grow" />
          {session && <Menu class="btn quiet" title={words.copy} label={<>{words.copy} <Kbd keys="c" /></>} open={menu} onOpen={setMenu} entries={() => copies(session)} />}
        </div>
        <div class="scroll side">{error && <Problem error={error} retry={reload} />}{session && <Side session={session} onTurn={select} />}</div>
      </section>
      <nav class="panes seg" aria-label={words.session}>
        {(["turns", "chat", "side"] as const).map((name) => <button key={name} aria-pressed={pane === name} onClick={() => setPane(name)}>{words.panes[name]}</button>)}
      </nav>
    </div>
  );
}

/** The steps of the turn that matters most are shown at first; from then on the reader decides. */
function useOpenTurns(id: string, turns: Turn[]): { open: ReadonlySet<string>; toggle: (turn: Turn) => void } {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const shown = turns[param("turn") ? Number(param("turn")) - 1 : turnOfInterest(turns)];
    setOpen(new Set(shown ? [shown.id] : []));
  }, [id, turns.length > 0]);
  const toggle = (turn: Turn) => {
    const next = new Set(open);
    if (!next.delete(turn.id)) next.add(turn.id);
    setOpen(next);
  };
  return { open, toggle };
}

/** The sessions above and below in the list of sessions. */
/** As they were asked for last: whoever goes from one session to the next has not to wait for them. */
let lastSessions: SessionPage["data"] = [];

function useNeighbours(id: string): { previous?: string; next?: string } {
  const { data } = useLoad<SessionPage>("/api/ui/sessions?limit=200");
  lastSessions = data?.data ?? lastSessions;
  const at = lastSessions.findIndex((row) => row.id === id);
  return at < 0 ? {} : { previous: lastSessions[at - 1]?.id, next: lastSessions[at + 1]?.id };
}

const copies = (session: Session) => [
  { label: words.link, onPick: () => void copy(absolute(href(`/s/${encodeURIComponent(session.row.id)}`, { turn: param("turn") })), words.link) },
  { label: words.markdown, onPick: () => void copy(markdown(session), words.markdown) },
  { label: words.json, onPick: () => void copy(JSON.stringify(session, null, 2), words.json) },
];
