import type { ApiError } from "../state/api";
import { text } from "../text";
import { Icon } from "./icon";
import { visible } from "./text";

/** What went wrong in a sentence, the request, and a way to try again. What was there before stays readable beside it. */
export function Failed({ error, retry }: { error: ApiError; retry: () => void }) {
  return (
    <div class="note" role="alert">
      <Icon name="err" class="g-err" />
      <div class="grow"><div>{visible(error.message)}</div><code class="t3">{visible(error.request)}</code></div>
      <button class="btn" onClick={retry}>{text.retry}</button>
    </div>
  );
}
