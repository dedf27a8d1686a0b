// What reached the server, what was refused and why, while it happens.
import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import { second } from "../../state/clock";
import { status } from "../../state/status";
import { clock, dur } from "../../ui/format";
import { Icon } from "../../ui/icon";
import { visible } from "../../ui/text";
import type { ServerStatus } from "../../wire";
import { remedyFor } from "./remedy";
import { connectText as t } from "./texts";

type Refusal = NonNullable<ServerStatus["refused"]>[number];

const mostEntries = 6;

export function Wait() {
  const server = status.value;
  const accepted = server?.accepted;
  const refused = server?.refused ?? [];
  const took = (accepted?.spans ?? 0) > 0;
  return (
    <aside class="wait card" aria-label={t.arrived}>
      <div class="big">
        <Ring />
        <div>
          <h2>{took ? t.receiving : t.waiting}</h2>
          <p class="t2 s">{took && accepted ? t.taken(accepted.spans, accepted.requests) : <Waited />}</p>
        </div>
      </div>
      <ul class="chk">
        <Channel name={t.channels.sdk} at={`${portOf(server?.http)}/api/v1/public/traces`} />
        <Channel name={t.channels.http} at={`${portOf(server?.http)}/v1/traces`} />
        {server && <Channel name={t.channels.grpc} at={server.grpc ? portOf(server.grpc) : t.grpcOff} off={!server.grpc} />}
        <li><Icon name="ok" size={13} /><span>{t.channels.storage}</span><span class="t2">{t.spans(accepted?.spans ?? 0)}</span></li>
        {refused.length > 0 && <RefusedLine refused={refused} />}
      </ul>
      <div class="ph"><h2 class="s">{t.arrived}</h2><span class="grow" /><span class="t3 xs">{t.newestFirst}</span></div>
      <Log refused={refused} accepted={accepted} />
      {refused[0] && <Why refusal={refused[0]} />}
    </aside>
  );
}

function Channel({ name, at, off = false }: { name: string; at: string; off?: boolean }) {
  return <li>{off ? <span /> : <Icon name="ok" size={13} />}<span>{name}</span>{off ? <span class="t3">{at}</span> : <code class="t2">{at}</code>}</li>;
}

function RefusedLine({ refused }: { refused: Refusal[] }) {
  const times = refused.reduce((sum, one) => sum + one.count, 0);
  const whole = refused.some((one) => one.status !== 200);
  return <li role="status"><Icon name="err" class="g-err" /><span>{whole ? t.refused : t.rejected}</span><span class="t2">{t.times(times)}</span></li>;
}

/** Since this page began to wait. */
function Waited() {
  const [since] = useState(Date.now());
  const waited = Math.max(0, Math.floor((second.value - since) / 1000)) * 1000;
  return <>{t.waitingFor} {waited < 60_000 ? `${waited / 1000} s` : dur(waited)}{t.nothingToReload}</>;
}

function Log({ refused, accepted }: { refused: Refusal[]; accepted: ServerStatus["accepted"] }) {
  const entries: { at: string; line: ComponentChild }[] = refused.map((one) => ({ at: one.at, line: <Entry at={one.at} what={`POST ${one.path}, ${one.agent}`} status={one.status} count={one.count} bad /> }));
  if (accepted?.last) entries.push({ at: accepted.last, line: <Entry at={accepted.last} what={t.taken(accepted.spans, accepted.requests)} status={200} count={1} bad={false} /> });
  entries.sort((a, b) => (a.at < b.at ? 1 : -1));
  return <div class="log">{entries.length === 0 ? <span class="t3">{t.nothingArrived}</span> : entries.slice(0, mostEntries).map((entry) => entry.line)}</div>;
}

function Entry({ at, what, status: code, count, bad }: { at: string; what: string; status: number; count: number; bad: boolean }) {
  const shown = visible(what);
  return <div><span class="t3">{clock(new Date(at))}</span><span class="ell" title={shown}>{shown}{count > 1 && ` × ${count}`}</span><span class={`num ${bad ? "err" : "t2"}`}>{code}</span></div>;
}

function Why({ refusal }: { refusal: Refusal }) {
  const remedy = remedyFor(refusal);
  return (
    <div class="hint note">
      <div class="col">
        <div><b class="b">{t.why(refusal.status)}</b> {visible(refusal.reason)}</div>
        {remedy && <div class="t2">{remedy.split("`").map((part, i) => (i % 2 ? <code>{visible(part)}</code> : part))}</div>}
      </div>
    </div>
  );
}

/** ":4318" of an address. */
function portOf(address: string | undefined): string {
  const port = /:(\d+)\/?$/.exec(address ?? "")?.[1];
  return port ? `:${port}` : (address ?? "");
}

function Ring() {
  return (
    <svg class="ring" viewBox="0 0 30 30" aria-hidden="true">
      <circle class="wave" cx="15" cy="15" r="9" fill="none" stroke="currentColor" stroke-width="1.5" />
      <circle cx="15" cy="15" r="4" fill="currentColor" />
    </svg>
  );
}
