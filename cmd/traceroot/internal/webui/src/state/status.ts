// Which server this is.
import { batch, signal } from "@preact/signals";
import { readPage } from "../page";
import { ApiError, get } from "./api";
import { resync } from "./events";
import { asked, signedOut } from "./session";
import type { ServerStatus } from "../wire";

export const status = signal<ServerStatus | undefined>(undefined);

/** Whether nothing has ever arrived: the first address then shows how to connect. */
export const storeEmpty = signal(false);

/** Asks the server anew. It also says whether a key is wanted, without refusing anything. */
export async function refreshStatus(): Promise<void> {
  try {
    learn(await get<ServerStatus>("/api/ui/status"));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error; // the top bar says already that the server is away
  } finally {
    asked.value = true;
  }
}

function learn(told: ServerStatus): void {
  batch(() => {
    status.value = told;
    signedOut.value = told.keys && told.project === undefined;
    asked.value = true;
  });
}

const brought = readPage().status;
if (brought) learn(brought);
resync.subscribe((n) => { if (n > 0 || !brought) void refreshStatus(); });
