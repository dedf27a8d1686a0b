// Which server this is.
import { signal } from "@preact/signals";
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
    const told = await get<ServerStatus>("/api/ui/status");
    status.value = told;
    signedOut.value = told.keys && told.project === undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error; // the top bar says already that the server is away
  } finally {
    asked.value = true;
  }
}

resync.subscribe(() => void refreshStatus());
