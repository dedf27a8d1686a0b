// Nothing matches: which term is it?
import { useEffect, useState } from "preact/hooks";
import { get } from "../../state/api";
import { termsOf, without } from "../../state/query";
import { href, hrefWith } from "../../state/url";
import { visible } from "../../ui/text";
import type { Histogram } from "../../wire";
import { listText as t } from "./texts";

interface Way { label: string; to: string; count: number | undefined }

const mostTerms = 8;

export function Empty({ q, from, to }: { q: string; from: string; to: string }) {
  const [counts, setCounts] = useState<(number | undefined)[]>([]);
  const terms = termsOf(q).slice(0, mostTerms);
  const questions = [...terms.map((term) => ({ q: without(q, term), from, to })), ...(from || to ? [{ q, from: "", to: "" }] : [])];
  useEffect(() => {
    const stop = new AbortController();
    setCounts([]);
    const count = (question: Record<string, string>) => get<Histogram>(href("/api/ui/histogram", { ...question, buckets: "1" }), stop.signal).then((h) => h.traces, () => undefined);
    void Promise.all(questions.map(count)).then((found) => { if (!stop.signal.aborted) setCounts(found); });
    return () => stop.abort();
  }, [q, from, to]);
  const ways: Way[] = terms.map((term, i) => ({ label: term.text, to: hrefWith({ q: without(q, term) }), count: counts[i] }));
  if (from || to) ways.push({ label: t.anyTime, to: hrefWith({ from: null, to: null }), count: counts[terms.length] });
  if (questions.length === 0) return <div class="empty"><h2>{t.nothingYet}</h2><p><a class="btn" href="/connect">{t.connect}</a></p></div>;
  return (
    <div class="empty">
      <h2>{q ? t.noMatch : t.nothingInRange}</h2>
      {ways.length > 0 && <p class="t2">{t.nothingHint}</p>}
      <ul>
        {ways.map((way, i) => (
          <li><a class="btn" href={way.to}>{i < terms.length ? t.drop : ""} <code>{visible(way.label)}</code></a><span class="t2">{way.count === undefined ? "" : t.count(way.count)}</span></li>
        ))}
      </ul>
    </div>
  );
}
