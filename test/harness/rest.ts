import { z } from "zod";
import type { Api } from "./api.ts";
import { pause } from "./pause.ts";

const lookEveryMs = 500;
/** A retry is a few seconds off at most. */
const quietLooks = 8;

/** Waits until no message is due or under way any more, and stays so for a while. */
export async function untilAtRest(api: Api, timeoutMs = 120_000): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (let quiet = 0; quiet < quietLooks; ) {
    if (Date.now() > until) throw new Error("the server did not come to rest");
    await pause(lookEveryMs);
    quiet = (await hasOpenMessages(api)) ? 0 : quiet + 1;
  }
}

const pageSchema = z.object({ items: z.array(z.object({ id: z.string() })) });

async function hasOpenMessages(api: Api): Promise<boolean> {
  for (const state of ["queued", "sending"]) {
    const { json } = await api.call("GET", `/v1/messages?state=${state}&limit=1`);
    if (pageSchema.parse(json).items.length > 0) return true;
  }
  return false;
}
