import type { AcceptResult } from "../../../ports/store/ingest.ts";
import { EventLabels } from "../../sql/event-labels.ts";
import type { Call } from "../context.ts";
import { changedSince } from "./as-read.ts";
import { insertCampaign } from "./campaigns.ts";
import { claimKeys } from "./claim-keys.ts";
import { insertEvents } from "./insert-events.ts";
import { insertReplay } from "./insert-replay.ts";
import { writeTurns } from "./write-turn.ts";

export const acceptEvents: Call<"acceptEvents"> = async (context, { events }) => {
  const [known, changed] = await Promise.all([claimKeys(context.sql, events), changedSince(context.sql, events)]);
  const accepted = events.filter((event) => !known.has(event));
  const fitting = accepted.filter(({ turn }) => turn?.reads.every((read) => !changed.has(read)) === true);
  const whole = new Set(fitting);
  const turns = fitting.flatMap(({ turn }) => turn ?? []);
  const [, written] = await Promise.all([insertEvents(context, accepted, whole), writeTurns(context, turns)]);
  for (const event of accepted) {
    if (event.campaign !== undefined) await insertCampaign(context.sql, event, event.campaign);
    for (const webhook of event.webhooks ?? []) context.webhooks.recipient(webhook);
    if (event.replayed !== undefined) await insertReplay(context.sql, event, event.replayed);
  }
  const labels = new EventLabels();
  const turnOf = new Map(fitting.map((event, index) => [event, written[index]]));
  return events.map((event): AcceptResult => {
    const answer = known.get(event);
    if (answer !== undefined) return answer;
    context.count(labels.of(event), "accepted", event.receivedAt);
    return { status: "accepted", id: event.id, turn: turnOf.get(event) ?? null };
  });
};
