import type { Cast } from "../cast.ts";
import type { EndFacts } from "./facts.ts";

/** Every event that was acknowledged is there, once, and has ended; what it carried in clear reach is gone. */
export function checkEvents({ world, client, canceled }: Cast, { events, deadLetters }: EndFacts): void {
  for (const { intent, ids, refused } of client.posted) {
    const rows = events.filter(({ posted }) => posted.intent === intent);
    if (rows.length > 1) world.violate("doubled-post-same-id", `${intent.ref} is ${rows.length} events`);
    for (const id of ids) {
      if (!rows.some((row) => row.id === id)) world.violate("acknowledged-event-exists", `${intent.ref} was ${id}`);
    }
    if (ids.size === 0 && !refused) world.violate("post-is-answered", intent.ref);
  }
  for (const { id, posted, state, inline } of events) {
    const { ref, poison, cancelAt } = posted.intent;
    const planted = poison === "evaluate" && deadLetters.get(id) === "orchestration_failed";
    if (state === "accepted" || (state === "canceled" && cancelAt === undefined) || (state === "dead" && !planted)) {
      world.violate("event-ends", `${ref} is ${state}`);
    }
    if (state === "canceled" && !canceled.has(ref)) world.violate("event-ends", `${ref} is canceled, and nobody asked`);
    if (inline !== null && state !== "dead") world.violate("inline-is-gone", `${ref} is ${state}`);
  }
}

/** Nothing more was written for an event, and nothing of it was STARTED, after its cancellation was answered. */
export function checkCancellations({ world, ledger, canceled }: Cast, { events }: EndFacts): void {
  for (const { id, posted } of events) {
    const places = canceled.get(posted.intent.ref);
    const inserted = ledger.events.get(id)?.sequence ?? Number.POSITIVE_INFINITY;
    // One that came in at the same time as the cancellation may stand behind it.
    if (places === undefined || inserted > places.asked) continue;
    const sequence = places.answered;
    for (const message of ledger.messages.values()) {
      // A category's digest is of several events, and is canceled with none of them.
      if (message.eventId !== id || message.workflow === "") continue;
      if (message.sequence > sequence) world.violate("not-after-cancel", `${message.id} was written`);
      for (const attempt of message.attempts) {
        if (attempt.sequence > sequence)
          world.violate("not-after-cancel", `${message.id}#${attempt.number} was started`);
      }
    }
  }
}
