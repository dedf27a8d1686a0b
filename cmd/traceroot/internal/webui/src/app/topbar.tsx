import { useEffect, useRef } from "preact/hooks";
import { navHref, type NavName } from "../routes";
import { connection, lostAt } from "../state/events";
import { second } from "../state/clock";
import { running } from "../state/live";
import { status } from "../state/status";
import { switchTheme } from "../state/theme";
import { signedOut } from "../state/session";
import { text } from "../text";
import { ago } from "../ui/format";
import { Icon } from "../ui/icon";
import { Kbd } from "../ui/kbd";
import { Project } from "./project";

interface Props { current: NavName | undefined; onJump: () => void; onHelp: () => void }

export function TopBar({ current, onJump, onHelp }: Props) {
  return (
    <header class="top">
      <a class="brand" href="/traces" aria-label={text.home}><Mark /><span class="w">{text.product}</span><small class="w">{status.value?.keys ? "serve" : "dev"}</small></a>
      <Nav current={current} />
      <span class="grow" />
      {!signedOut.value && (
        <>
          <button class="jump" aria-label={text.jump.open} title={`${text.jump.open} (Ctrl K)`} onClick={onJump}>
            <Icon name="find" /><span class="w grow">{text.jump.hint}</span><kbd class="w" aria-hidden="true">Ctrl K</kbd>
          </button>
          <Project />
          <Live listening={current === "connect"} />
        </>
      )}
      <button class="btn quiet opt" aria-label={text.theme} title={`${text.theme} (t)`} onClick={switchTheme}><Icon name="half" size={14} /></button>
      <button class="btn quiet opt" aria-label={text.showKeys} title={`${text.showKeys} (?)`} onClick={onHelp}><Kbd keys="?" /></button>
    </header>
  );
}

function Mark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <polygon points="9,1 16,5 16,13 9,17 2,13 2,5" fill="none" stroke="currentColor" stroke-width="1.6" />
      <path d="M5 7h8M9 7v6" stroke="currentColor" stroke-width="1.8" />
    </svg>
  );
}

function Nav({ current }: { current: NavName | undefined }) {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const here = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (nav.current && here) nav.current.scrollLeft = here.offsetLeft - 120;
  }, [current]);
  return (
    <nav class="nav" aria-label={text.screens} ref={nav}>
      {(Object.keys(navHref) as NavName[]).map((name) => (
        <a href={navHref[name]} aria-current={name === current ? "page" : undefined}>{text.nav[name]}</a>
      ))}
    </nav>
  );
}

/** Whether what is on the screen is as it is on the server. */
function Live({ listening }: { listening: boolean }) {
  const lost = connection.value === "lost";
  return (
    <span class={lost ? "row s live off" : "row s live"}>
      <span class={lost ? "dot" : "dot pulse"} />
      <span class={lost ? "" : "lv"}>{lost ? text.live.off(ago(lostAt.value, second.value)) : words(listening)}</span>
    </span>
  );
}

function words(listening: boolean): string {
  if (connection.value === "connecting") return text.live.connecting;
  if (listening) return text.live.listening;
  const n = running.value.size;
  return n > 0 ? text.live.running(n) : text.live.live;
}
