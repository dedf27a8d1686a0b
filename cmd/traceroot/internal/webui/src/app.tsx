// The frame around every screen: the top bar, what opens over it, and the keys that work everywhere.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Help } from "./app/help";
import { Jump } from "./app/jump";
import { TopBar } from "./app/topbar";
import { match } from "./routes";
import { SignInScreen } from "./screens/signin";
import { useKeys } from "./state/keys";
import { asked, signedOut } from "./state/session";
import { storeEmpty } from "./state/status";
import { switchTheme } from "./state/theme";
import { absolute, go, path } from "./state/url";
import { text } from "./text";
import { copy, Messages } from "./ui/toast";

const over = signal<"" | "help" | "jump">("");

export function App() {
  const found = match(path.value);
  const toContent = () => document.querySelector<HTMLElement>("main")?.focus();
  useEffect(() => { document.title = `${found.title} · ${text.product}`; }, [found.title]);
  useKeys({
    "Ctrl K": () => { over.value = "jump"; },
    "?": () => { over.value = "help"; },
    t: switchTheme,
    y: () => void copy(absolute(location.pathname + location.search), "link"),
    "g t": () => go("/traces"),
    "g s": () => go("/sessions"),
    "g d": () => go("/dashboard"),
    "g c": () => go("/compare"),
  });
  const close = () => { over.value = ""; };
  return (
    <>
      <a class="skip" href="#content" onClick={(e) => { e.preventDefault(); toContent(); }}>{text.skip}</a>
      <TopBar current={storeEmpty.value ? "connect" : found.nav} onJump={() => { over.value = "jump"; }} onHelp={() => { over.value = "help"; }} />
      <main class="screen" id="content" tabIndex={-1}>{signedOut.value ? <SignInScreen /> : asked.value && found.screen()}</main>
      {over.value === "help" && <Help onClose={close} />}
      {over.value === "jump" && <Jump onClose={close} />}
      <Messages />
    </>
  );
}
