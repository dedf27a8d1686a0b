// A history that was rewritten: the list of the call before is not how this one begins. Which messages were replaced by
// which is shown on demand.
import { useState } from "preact/hooks";
import { useLoad } from "../../state/api";
import { plural } from "../../ui/format";
import { Icon } from "../../ui/icon";
import type { Span } from "../../wire";
import { MessageBox } from "./message";
import { idOf, orderOf, type Model } from "./model";
import { messagesOf } from "./talk";
import type { View } from "./view";

interface Props { v: View; m: Model; span: Span; since: number }

export function Replaced(props: Props) {
  const [open, setOpen] = useState(false);
  const fresh = props.span.fresh;
  const [from, to] = fresh?.replaced ?? [0, 0];
  const what = to - from > 1 ? `messages ${from + 1}–${to} were` : `message ${from + 1} was`;
  return (
    <>
      <button class="fold warn" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} size={9} />
        <span class="ell"><b class="b">History rewritten:</b> {to > from ? `${what} replaced by ${fresh?.by || "none"}` : "it does not begin as that of the call before"}</span>
        <span class="grow" />
        <span class="t3 nowrap">call #{orderOf(props.m, props.since)}</span>
      </button>
      {open && <Before {...props} from={from} to={to} by={fresh?.by ?? 0} />}
    </>
  );
}

function Before({ v, m, span, since, from, to, by }: Props & { from: number; to: number; by: number }) {
  const before = useLoad<Span>(`/api/ui/spans/${idOf(m, since)}?trace=${v.id}`).data;
  if (!before) return null;
  const gone = before.in.slice(from, to);
  const come = span.in.slice(from, from + by);
  const was = messagesOf(gone), is = messagesOf(come);
  return (
    <div class="diff">
      <h4>{plural(gone.length, "message")} of call #{orderOf(m, since)}</h4>
      {gone.map((hash, n) => <MessageBox key={n} v={v} m={m} hash={hash} message={was[n]} look="gone" clip />)}
      <h4>{come.length === 0 ? "nothing in their place" : `${plural(come.length, "message")} in their place`}</h4>
      {come.map((hash, n) => <MessageBox key={n} v={v} m={m} hash={hash} message={is[n]} look="new" clip />)}
    </div>
  );
}
