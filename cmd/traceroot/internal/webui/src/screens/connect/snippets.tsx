// The ways to send, with the running server's own addresses.
import { useState } from "preact/hooks";
import curl from "../../snippets/curl.txt";
import otel from "../../snippets/otel.txt";
import otlp from "../../snippets/otlp.txt";
import sdk from "../../snippets/sdk.txt";
import { copy } from "../../ui/toast";
import { Icon } from "../../ui/icon";
import type { ServerStatus } from "../../wire";
import { connectText as t } from "./texts";

const ways = { sdk, otel, otlp, curl };
type Way = keyof typeof ways;
/** What each way adds where the server asks for keys. */
const withKey: Record<Way, string> = {
  sdk: "",
  otel: `,\n\totlptracehttp.WithHeaders(map[string]string{"authorization": "Bearer " + os.Getenv("TRACEROOT_API_KEY")})`,
  otlp: "OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20$TRACEROOT_API_KEY\n",
  curl: ` -H "authorization: Bearer $TRACEROOT_API_KEY"`,
};

const names = Object.keys(ways) as Way[];

export function Snippets({ server }: { server: ServerStatus | undefined }) {
  const [way, setWay] = useState<Way>("sdk");
  const http = server?.http ?? location.origin;
  const code = ways[way].trimEnd().replaceAll("{http}", http).replace("{auth}", () => (server?.keys ? withKey[way] : "")).replace("{grpc}", server?.grpc ? t.grpcToo(server.grpc) : "");
  const onKey = (e: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (by === undefined) return;
    const next = names.at((names.indexOf(way) + by) % names.length) ?? way;
    setWay(next);
    document.getElementById(`way-${next}`)?.focus();
    e.preventDefault();
  };
  return (
    <>
      <div class="seg" role="tablist" aria-label={t.ways} onKeyDown={onKey}>
        {names.map((name) => (
          <button role="tab" id={`way-${name}`} aria-selected={name === way} aria-controls="way" tabIndex={name === way ? 0 : -1} onClick={() => setWay(name)}>{t[name]}</button>
        ))}
      </div>
      <div class="cb" id="way" role="tabpanel" aria-labelledby={`way-${way}`}>
        <pre class="code" tabIndex={0}><Code text={code} /></pre>
        <button class="btn" onClick={() => void copy(code, t.snippet)}><Icon name="copy" /> {t.copy}</button>
      </div>
    </>
  );
}

/** Texts in quotes and comments stand out; nothing else is coloured. */
function Code({ text }: { text: string }) {
  return <>{text.split(/("[^"\n]*"|(?:^|(?<=\s))(?:\/\/|# )[^\n]*)/).map((part, i) => (i % 2 ? <span class={part.startsWith('"') ? "st" : "c"}>{part}</span> : part))}</>;
}
