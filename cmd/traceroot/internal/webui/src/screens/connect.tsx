// How to send spans, and why none arrive.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, useLoad } from "../state/api";
import { useEvents } from "../state/events";
import { refreshStatus, status } from "../state/status";
import { go, traceHref } from "../state/url";
import { Icon } from "../ui/icon";
import { copy, toast } from "../ui/toast";
import { Snippets } from "./connect/snippets";
import { sendTestSpan } from "./connect/testspan";
import { connectText as t } from "./connect/texts";
import { Wait } from "./connect/wait";
import type { RowPage } from "../wire";

const refreshEveryMs = 2000;

export function ConnectScreen() {
  const server = status.value;
  const empty = useLoad<RowPage>("/api/ui/traces?limit=1").data?.data.length === 0;
  useEvents(["traces"], (event) => {
    if (event.type === "trace.row" && empty) open(event.row.id);
    else if (event.type === "trace.row" || event.type === "ingest.refused") void refreshStatus();
  });
  useEffect(() => {
    void refreshStatus();
    const timer = setInterval(() => { if (!document.hidden) void refreshStatus(); }, refreshEveryMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="s-connect">
      <div class="two">
        <div>
          <h1>{empty ? t.empty : t.title}</h1>
          <p class="lead">{server?.keys ? t.leadKeys : t.leadLocal}</p>
          <Step n={1} title={t.address} aside={<>{t.orRun} <code>{t.run}</code></>}><Variables /></Step>
          <Step n={2} title={t.send}><Snippets server={server} /></Step>
          <Step n={3} title={t.runIt} aside={t.orLook}>
            <div class="row wrap">
              <TestSpan />
              <button class="btn" title={t.copyOf(t.demo)} onClick={() => void copy(t.demo, t.demo)}><Icon name="copy" /><code>{t.demo}</code></button><span class="t3 s">{t.demoNote}</span>
            </div>
          </Step>
        </div>
        <Wait />
      </div>
    </div>
  );
}

/** The first trace is why somebody waited here. Back leads to the list. */
function open(trace: string): void {
  go("/traces", { replace: true });
  go(traceHref(trace));
}

function Step({ n, title, aside, children }: { n: number; title: string; aside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="step">
      <b aria-hidden="true">{n}</b>
      <div><h2>{title} {aside && <span class="t3">{aside}</span>}</h2>{children}</div>
    </section>
  );
}

function Variables() {
  const server = status.value;
  const rows = [
    { name: "TRACEROOT_HOST_URL", value: server?.http ?? location.origin, note: server?.keys === false ? t.noKey : "", code: "" },
    ...(server?.keys ? [{ name: "TRACEROOT_API_KEY", value: "…", note: t.keyNote, code: t.keyCommand(server.project ?? "NAME") }] : []),
    { name: "TRACEROOT_ENVIRONMENT", value: "dev", note: t.environmentNote, code: "" },
  ];
  return (
    <table class="card env">
      <tbody>
        {rows.map(({ name, value, note, code }) => (
          <tr>
            <td><code>{name}</code></td>
            <td><code>{value}</code> <span class="t3 s">{note} {code && <code>{code}</code>}</span></td>
            <td class="num"><button class="btn quiet" aria-label={t.copyOf(name)} title={t.copyOf(name)} onClick={() => void copy(`${name}=${value}`, name)}><Icon name="copy" /></button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function TestSpan() {
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      const trace = await sendTestSpan();
      toast(t.sent);
      go(traceHref(trace));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(error.message);
    } finally {
      setBusy(false);
    }
  };
  return <button class="btn" disabled={busy} onClick={() => void send()}>{t.test}</button>;
}
