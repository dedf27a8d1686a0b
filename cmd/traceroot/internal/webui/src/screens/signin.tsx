// A server with keys: the browser gets a cookie for a key, so that no page holds the key.
import { useState } from "preact/hooks";
import { ApiError, post } from "../state/api";
import { resync } from "../state/events";
import { signedOut } from "../state/session";
import { refreshStatus } from "../state/status";
import { text } from "../text";
import { visible } from "../ui/text";

export function SignInScreen() {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (e: Event) => {
    e.preventDefault();
    const key = String(new FormData(e.currentTarget as HTMLFormElement).get("key") ?? "").trim();
    if (!key) return;
    setBusy(true);
    try {
      await post("/api/ui/sign-in", { key });
      await refreshStatus();
      signedOut.value = false;
      resync.value++;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error.message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="plain">
      <h1>{text.signIn.title}</h1>
      <p class="t2">{text.signIn.why} <code>traceroot keys create --project NAME --scope read</code></p>
      <form class="row wrap" onSubmit={(e) => void submit(e)}>
        <input name="user" autocomplete="username" hidden />
        <label class="grow"><span class="sr">{text.signIn.key}</span><input class="field" name="key" type="password" autocomplete="current-password" placeholder={text.signIn.key} required aria-invalid={problem !== ""} /></label>
        <button class="btn" disabled={busy}>{text.signIn.enter}</button>
      </form>
      {problem && <p class="err" role="alert">{visible(problem)}</p>}
    </div>
  );
}
