import { z } from "zod";
import { sealContext } from "../../../packages/server/src/domain/event-payload.ts";
import { text, textOrNull } from "../../../packages/server/src/store/sql/columns.ts";
import type { Cast } from "../cast.ts";
import { digestId, workflows } from "../documents.ts";
import { workflowsOf } from "./expected.ts";
import type { EndFacts, EventFact } from "./facts.ts";

/** What a run has gathered. */
interface Digest {
  runId: string;
  workflow: string;
  recipient: string;
  tenant: string;
  events: { id: string; at: string; data: Record<string, unknown> }[];
}

const journalSchema = z.object({
  [digestId]: z.object({
    count: z.number(),
    events: z.array(z.object({ id: z.string(), at: z.string(), data: z.record(z.string(), z.json()) })),
  }),
});

/** Every event is in one digest of each of its recipients, with others of its key only, in order; windows leave nothing behind. */
export function checkDigests(cast: Cast, facts: EndFacts): void {
  const { world } = cast;
  for (const table of ["digest_window", "digest_entry"])
    if (world.base.database.get(`select 1 from ${table} limit 1`) !== undefined)
      world.violate("digests-are-closed", `${table} has rows`);
  const digests = digestsOf(cast);
  for (const digest of digests) checkDigest(cast, facts, digest);
  for (const event of facts.events) {
    for (const workflow of workflowsOf(event.posted.intent.body.name)) {
      if (!gathers(workflow)) continue;
      for (const recipient of event.posted.intent.recipients)
        checkEvent(cast, facts, event, workflow, recipient, digests);
    }
  }
}

const gathers = (workflow: string): boolean => workflows[workflow]?.steps.some(({ id }) => id === digestId) === true;

function digestsOf({ world }: Cast): Digest[] {
  const { database, environment, newKeyring } = world.base;
  const keyring = newKeyring(() => Buffer.alloc(0));
  return database.all("select * from run where gathers = 1 and workflow <> ''").map((row) => {
    const sealed = textOrNull(row, "journal");
    const opened = sealed === null ? "" : keyring.unsealForEnvironment(environment.id, sealContext.journal, sealed);
    return {
      runId: text(row, "id"),
      workflow: text(row, "workflow"),
      recipient: text(row, "recipient"),
      tenant: text(row, "tenant"),
      events: sealed === null ? [] : journalSchema.parse(JSON.parse(opened))[digestId].events,
    };
  });
}

function checkDigest({ world }: Cast, { decisions }: EndFacts, digest: Digest): void {
  const { runId, workflow, recipient, events } = digest;
  const isEmpty = decisions.some((one) => one.runId === runId && one.reason === "digest_empty");
  if (isEmpty !== (events.length === 0))
    world.violate("digests-have-events", `${runId} of ${workflow} for ${recipient} has ${events.length}`);
  if (new Set(events.map(({ data }) => data["amount"])).size > 1) world.violate("digests-keep-keys-apart", runId);
  const order = events.map(({ id, at }) => `${at} ${id}`);
  if (order.join() !== order.toSorted().join()) world.violate("digests-are-in-order", `${runId}: ${order.join()}`);
}

function checkEvent(
  { world, people, canceled }: Cast,
  { decisions }: EndFacts,
  event: EventFact,
  workflow: string,
  recipient: string,
  digests: readonly Digest[],
): void {
  const { ref, expiresAt } = event.posted.intent;
  const own = digests.filter((digest) => digest.workflow === workflow && digest.recipient === recipient);
  const count = own.flatMap(({ events }) => events).filter(({ id }) => id === event.id).length;
  if (count > 1) world.violate("in-one-digest", `${ref} is ${count} times in those of ${workflow} for ${recipient}`);
  const joined = decisions.filter(
    (one) =>
      one.eventId === event.id && one.workflow === workflow && one.recipient === recipient && one.reason === "digest",
  ).length;
  const person = people.find(({ id }) => id === recipient);
  const mayStay = canceled.has(ref) || expiresAt !== undefined || person?.kind === "unknown";
  if (!mayStay && event.state === "done" && (count !== 1 || joined !== 1))
    world.violate("in-one-digest", `${ref} of ${workflow} for ${recipient}: joined ${joined}, gathered ${count}`);
}
