// What to do about a refusal. The server says what was wrong; this says what usually causes it, in the words of senders.
import type { ServerStatus } from "../../wire";

type Refusal = NonNullable<ServerStatus["refused"]>[number];

/** Parts between backquotes are code. */
export function remedyFor({ status, reason, path }: Refusal): string {
  switch (status) {
    case 200: return "The others of the same request are stored. The exporter's log names the spans.";
    case 400: return badRequest(reason);
    case 401: return "Set `TRACEROOT_API_KEY`, or for other exporters `OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20KEY`. `traceroot keys list` shows the keys that are valid.";
    case 403: return "The key may read only. Make one that may send: `traceroot keys create --project NAME --scope ingest`.";
    case 404: return `Nothing takes spans at \`${path}\`. Exporters add \`/v1/traces\` themselves where \`OTEL_EXPORTER_OTLP_ENDPOINT\` is set; with \`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT\` the whole address has to be given.`;
    case 405: return "Something opened the address in a browser or probed it. Exporters send with POST.";
    case 413: return "Send smaller batches: `OTEL_BSP_MAX_EXPORT_BATCH_SIZE=64`, or in the SDK `traceroot.WithFlushAt(64)`; or cut long values with `traceroot.WithLimits`.";
    case 415: return unsupported(reason);
    case 421: return "The host's name is not one of this machine. Use `127.0.0.1` or `localhost`.";
    case 429: return "More came at once than the server takes in. Exporters try again by themselves; nothing is lost unless they give up.";
    case 503: return "The disk is full, or the server is shutting down. Exporters try again by themselves.";
    default: return status >= 500 ? "The server's log says more." : "";
  }
}

function badRequest(reason: string): string {
  if (/gzip|zstd|deflate/i.test(reason)) return "The body is not in the encoding that its header names. A proxy in between may have unpacked it; connect straight to the server, or set `OTEL_EXPORTER_OTLP_COMPRESSION=none`.";
  if (/incomplete/i.test(reason)) return "The connection ended within the body: the sender gave up, or a proxy cut it.";
  return "The body is no trace export. Set `OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`; metrics and logs go elsewhere.";
}

function unsupported(reason: string): string {
  if (/grpc/i.test(reason)) return "This is the port of HTTP. Set `OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`, or send gRPC to its own port.";
  if (/encoding/i.test(reason)) return "Switch compression off with `OTEL_EXPORTER_OTLP_COMPRESSION=none`, or use gzip.";
  return "Set the header: `content-type: application/x-protobuf` or `application/json`. A proxy in between often drops or changes it.";
}
