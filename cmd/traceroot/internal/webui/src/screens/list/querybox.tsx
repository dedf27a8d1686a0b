// The query: terms with a key as tokens, words as text, and suggestions for what is being typed.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "../../state/api";
import { useKeys } from "../../state/keys";
import { termsOf, without, type Term } from "../../state/query";
import { Icon } from "../../ui/icon";
import { visible } from "../../ui/text";
import { Suggest, useSuggestions } from "./suggest";
import { listText as t } from "./texts";

interface Props { query: string; onQuery: (query: string) => void; error: ApiError | undefined }

const typingPauseMs = 300;

const split = (query: string) => {
  const terms = termsOf(query);
  return { tokens: terms.filter((term) => term.key), words: terms.filter((term) => !term.key).map((term) => term.text).join(" ") };
};
/** Whether words can be searched before they are finished: a quote that is open, or a sign alone, cannot. */
const searchable = (text: string, terms: Term[]): boolean =>
  !terms.some((term) => term.key || !/[\p{L}\p{N}]/u.test(term.text)) && (text.match(/(?<!\\)"/g)?.length ?? 0) % 2 === 0;

const join = (...parts: string[]): string => parts.map((part) => part.trim()).filter(Boolean).join(" ");

export function QueryBox({ query, onQuery, error }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const { tokens, words } = split(query);
  const [typed, setTyped] = useState(words);
  const sent = useRef(query);
  const pause = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const before = tokens.map((token) => token.text).join(" ");

  // Somebody else changed the query: Back, a filter, a link.
  useEffect(() => {
    if (query !== sent.current) setTyped(words);
    sent.current = query;
  }, [query]);
  useEffect(() => () => clearTimeout(pause.current), []);
  useKeys({ "/": () => { input.current?.focus(); input.current?.select(); } });

  const apply = (next: string) => {
    clearTimeout(pause.current);
    sent.current = next;
    if (next !== query) onQuery(next);
  };
  /** Terms with a key become tokens, the words stay where they are. */
  const commit = (text: string) => {
    setTyped(split(text).words);
    apply(join(before, text));
  };
  const onInput = (text: string) => {
    clearTimeout(pause.current);
    const terms = termsOf(text);
    const open = terms.at(-1);
    if (open?.key && open.to < text.length) return commit(text); // a space after it: it is complete
    setTyped(text);
    if (searchable(text, terms)) pause.current = setTimeout(() => apply(join(before, text)), typingPauseMs);
  };

  const suggestions = useSuggestions(input, before, typed, (text, done) => {
    if (done) commit(text);
    else {
      setTyped(text);
      input.current?.focus();
    }
  });
  const onKey = (e: KeyboardEvent) => {
    if (suggestions.onKey(e)) return;
    const last = tokens.at(-1);
    if (e.key === "Enter") commit(typed);
    else if (e.key === "Escape") input.current?.blur();
    else if (e.key === "Backspace" && typed === "" && last) {
      e.preventDefault();
      setTyped(last.text);
      apply(without(query, last));
    }
  };
  return (
    <div class="qwrap grow">
      <label class={`qbox${error ? " wrong" : ""}`}>
        <Icon name="find" size={13} class="t3" />
        <span class="sr">{t.search}</span>
        {tokens.map((token) => (
          <span class="tok">{visible(token.text)} <button aria-label={t.remove(token.text)} title={t.remove(token.text)} onClick={(e) => { e.preventDefault(); apply(without(query, token)); }}><Icon name="x" size={9} /></button></span>
        ))}
        <input ref={input} value={typed} placeholder={tokens.length < 3 ? t.placeholder : ""} spellcheck={false} autocomplete="off" autocapitalize="off"
          aria-invalid={!!error} aria-describedby={error ? "query-problem" : undefined} {...suggestions.inputProps}
          onInput={(e) => { suggestions.onTyped(); onInput(e.currentTarget.value); }} onKeyDown={onKey} />
        <kbd aria-hidden="true">/</kbd>
      </label>
      {error && <p class="qerr err s" id="query-problem">{visible(error.message)}{error.where && <> <code>{visible(query.slice(...error.where))}</code></>}</p>}
      <Suggest all={suggestions.all} at={suggestions.at} open={suggestions.open} pick={suggestions.pick} />
    </div>
  );
}
