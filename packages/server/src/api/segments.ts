import { type SegmentCount, segmentBodySchema, segmentCountQuerySchema } from "@tidings/contract/segments";
import { sealContext } from "../domain/event-payload.ts";
import { parseProfile, parseSecrets } from "../domain/recipient-view.ts";
import { type SegmentQuestions, selectMembers } from "../domain/segment-selection.ts";
import { TidingsError } from "../errors.ts";
import type { RecipientRecord } from "../ports/store/orchestrate.ts";
import { cursorOf, positionOf, recipientPosition } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { parameter, valid } from "./validation.ts";
import { iso } from "./views.ts";

type SegmentDependencies = Pick<ApiDependencies, "store" | "clock" | "keyring" | "limits">;

/** Recipients read in one call of a count: opening them is one stretch of the event loop. */
const pageItems = 250;
/** Nobody waits for a count as for a message. */
const lane = "marketing";

export function segmentHandlers(on: SegmentDependencies): Handlers {
  let counting = 0;
  return {
    countSegment: async (request, { environmentId }) => {
      const { cursor } = valid(segmentCountQuerySchema, request.query);
      const after = positionOf(cursor, recipientPosition);
      const row = await on.store.getConfiguration({ environmentId, kind: "segment", key: parameter(request, "key") });
      if (row === undefined || row.deleted) throw new TidingsError("not_found");
      if (counting >= on.limits.segmentCountsMax) throw new TidingsError("overloaded", { retryAfterSeconds: 1 });
      counting += 1;
      try {
        return await count(on, environmentId, row.document, after);
      } finally {
        counting -= 1;
      }
    },
  };
}

/** As far as its time goes: a page at least, so that whoever goes on with the cursor comes to the end. */
async function count(
  on: SegmentDependencies,
  environmentId: number,
  document: string,
  from: string,
): Promise<SegmentCount> {
  const { store, clock, limits } = on;
  const { where } = segmentBodySchema.parse(JSON.parse(document));
  const at = clock.now();
  const until = clock.monotonic() + limits.segmentCountMs;
  const ask = questionsOf(on, environmentId);
  const total = { count: 0, looked: 0 };
  for (let after = from; ; ) {
    const rows = await store.readRecipients({ environmentId, after, limit: pageItems, before: [], lane });
    const { members } = await selectMembers([where], rows, ask, at);
    total.count += members.length;
    total.looked += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageItems) return { ...total, partial: false, at: iso(at) };
    after = last.id;
    if (clock.monotonic() >= until) return { ...total, partial: true, nextCursor: cursorOf(after), at: iso(at) };
  }
}

function questionsOf(
  { store, keyring, limits }: SegmentDependencies,
  environmentId: number,
): SegmentQuestions<RecipientRecord> {
  return {
    attributesOf: ({ profile, sealed, wrappedKey }) => ({
      ...parseProfile(profile).attributes,
      ...parseSecrets(keyring.unsealForRecipient(wrappedKey, sealContext.recipient, sealed)).personal,
    }),
    recentOf: (recipients, since) =>
      store.memberMessages({ environmentId, recipients, since, limit: limits.segmentMessagesMax, lane }),
  };
}
