import type { PreferencesBody } from "@tidings/contract/preferences";
import { parseChoices, writtenChoices } from "../../packages/server/src/domain/policy/choices.ts";
import { optOutsOf } from "../../packages/server/src/domain/policy/opt-outs.ts";
import type { Store } from "../../packages/server/src/ports/store/store.ts";

/** What the API does for a client where no stage of the pipeline has a part in it. */

export async function cancelCampaign(
  store: Store,
  environmentId: number,
  id: string,
  now: number,
): ReturnType<Store["cancelEvents"]> {
  const campaign = await store.getCampaign({ environmentId, id, sinceMinute: 0 });
  if (campaign === undefined) throw new Error(`there is no campaign ${id}`);
  return store.cancelEvents({ environmentId, cancellationHash: campaign.row.cancellationHash, now });
}

/** False where the recipient was changed meanwhile. */
export async function choose(
  store: Store,
  environmentId: number,
  id: string,
  preferences: PreferencesBody,
): Promise<boolean> {
  const [record] = await store.loadRecipients({ keys: [{ environmentId, id }], lane: "transactional" });
  if (record === undefined) return false;
  const choices = { ...parseChoices(record.choices), preferences };
  const [isWritten] = await store.putChoices({
    writes: [
      {
        environmentId,
        id,
        version: record.version,
        wrappedKey: record.wrappedKey,
        choices: writtenChoices(choices),
        optOuts: optOutsOf(choices),
        consents: [],
      },
    ],
  });
  return isWritten === true;
}
