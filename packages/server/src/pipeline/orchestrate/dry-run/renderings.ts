import { z } from "zod";
import { sealContext } from "../../../domain/event-payload.ts";
import type { DryRunRendering } from "../../../ports/dry-run.ts";
import type { NewMessage, RunRecord } from "../../../ports/store/orchestrate.ts";
import { openRun } from "../open-run.ts";
import { openPerson } from "../person.ts";
import type { PlannedRunTurn } from "../run-turn.ts";
import type { DryRunDependencies } from "./dependencies.ts";

/** By message: what a run that has waited would render it with, its journal among it. */
export async function renderingsOf(
  planned: readonly { record: RunRecord; planned: PlannedRunTurn }[],
  on: DryRunDependencies,
): Promise<Map<string, DryRunRendering>> {
  const renderings = new Map<string, DryRunRendering>();
  for (const { record, planned: one } of planned) {
    if (one.turn.messages.length === 0) continue;
    if (record.workflow === "") {
      for (const message of one.turn.messages) renderings.set(message.id, ofDigest(record, message, on));
      continue;
    }
    const run = await openRun(record, one.turn.now, on);
    if (run.status === "ends") continue;
    const { data, journal } = run.frame;
    for (const { id } of one.turn.messages) renderings.set(id, { recipient: run.person.facts, data, steps: journal });
  }
  return renderings;
}

/** A category's digest is rendered with what it gathers, which is all of its message's content. */
function ofDigest(
  { recipientRecord, recipient }: RunRecord,
  { content }: NewMessage,
  { keyring }: DryRunDependencies,
): DryRunRendering {
  if (recipientRecord === null || content === null) return unknownRendering(recipient);
  const { facts, wrappedKey } = openPerson(recipientRecord, keyring);
  const { steps } = contentSchema.parse(
    JSON.parse(keyring.unsealForRecipient(wrappedKey, sealContext.content, content)),
  );
  return { recipient: facts, data: {}, steps };
}

const contentSchema = z.object({ steps: z.record(z.string(), z.json()) });

export const unknownRendering = (recipient: string): DryRunRendering => ({
  recipient: { id: recipient, attributes: {} },
  data: {},
  steps: undefined,
});
