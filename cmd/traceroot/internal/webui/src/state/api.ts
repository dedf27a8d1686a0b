// Questions to the server.
import { useCallback, useEffect, useState } from "preact/hooks";
import { text } from "../text";
import { signedOut } from "./session";

/** Why a question has no answer. */
export class ApiError extends Error {
  /** status is 0 where nothing answered. where is the part of a query that is wrong, in UTF-16 units. */
  constructor(readonly status: number, message: string, readonly request: string, readonly where?: [number, number]) {
    super(message);
  }
}

/** Asks and reads JSON. The error is an ApiError, or the abort of signal. */
export async function get<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(url, signal ? { signal } : {});
  return (await response.json()) as T;
}

/** Sends JSON. */
export async function post<T>(url: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  const response = await ask(url, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } });
  const answer = await response.text();
  return (answer ? JSON.parse(answer) : undefined) as T;
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  const request = `${init.method ?? "GET"} ${url}`;
  const response = await fetch(url, { ...init, credentials: "same-origin" }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, text.noAnswer, request);
  });
  if (response.ok) return response;
  if (response.status === 401 && !url.startsWith("/api/ui/sign-in")) signedOut.value = true;
  const problem = (await response.json().catch(() => ({}))) as { detail?: unknown; where?: [number, number] };
  const detail = typeof problem.detail === "string" ? problem.detail : text.refused(response.status);
  throw new ApiError(response.status, detail, request, problem.where);
}

export interface Loaded<T> {
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean; // data, if there is any, is the answer to an earlier question
  reload: () => void;
}

/**
 * The answer to a question, asked anew when the address of it changes. The last answer stays until the next is there. No
 * address: no question.
 */
export function useLoad<T>(url: string | undefined): Loaded<T> {
  const [state, setState] = useState<{ url?: string; data?: T; error?: ApiError }>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (url === undefined) return;
    const stop = new AbortController();
    get<T>(url, stop.signal).then(
      (data) => setState({ url, data }),
      (error: unknown) => { if (error instanceof ApiError) setState((last) => ({ ...last, url, error })); },
    );
    return () => stop.abort();
  }, [url, round]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  return { data: state.data, error: state.url === url ? state.error : undefined, loading: url !== undefined && state.url !== url, reload };
}

const kept = new Map<string, Promise<unknown>>();
const keptAnswers = 500;

/** The answer to a question that has the same answer for ever. */
export function immutable<T>(url: string): Promise<T> {
  const known = kept.get(url) as Promise<T> | undefined;
  if (known) return known;
  const asked = get<T>(url);
  kept.set(url, asked);
  asked.catch(() => kept.delete(url));
  for (const oldest of kept.keys()) {
    if (kept.size <= keptAnswers) break;
    kept.delete(oldest);
  }
  return asked;
}
