import { letterKeys } from "../state/prefs";
import { help, text } from "../text";
import { Dialog } from "../ui/dialog";
import { Kbd } from "../ui/kbd";

/** All keys. */
export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={text.keys} onClose={onClose}>
      <div class="help">
        {help.map(([head, keys]) => (
          <>
            <h3>{head}</h3>
            {keys.map(([key, what]) => <div><span><Kbd keys={key} /></span><span class="t2">{what}</span></div>)}
          </>
        ))}
      </div>
      <div class="helpfoot">
        <label class="row"><input type="checkbox" checked={letterKeys.value} onChange={(e) => { letterKeys.value = e.currentTarget.checked; }} />{text.letterKeys}</label>
      </div>
    </Dialog>
  );
}
