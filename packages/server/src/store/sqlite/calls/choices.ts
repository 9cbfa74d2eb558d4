import type { ChoicesWrite } from "../../../ports/store/choices.ts";
import { consentOfRow, optOutValues, storedChannel } from "../../sql/opt-outs.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { acceptEvents } from "./accept-events.ts";
import { deleteSuppressions, insertSuppressions } from "./suppressions.ts";

export const putChoices: Call<"putChoices"> = (context, { writes }) =>
  writes.map((write) => {
    const { database } = context;
    if (!isWritten(database, write)) return false;
    writeOptOuts(database, write);
    if (write.release !== undefined) deleteSuppressions(database, write.environmentId, write.release);
    if (write.suppress !== undefined) insertSuppressions(database, write.environmentId, write.suppress);
    for (const consent of write.consents) {
      database.run(
        `insert into consent (environment_id, recipient, id, purpose, channel, action, at, recorded_at, sealed)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
        write.environmentId,
        write.id,
        consent.id,
        consent.purpose,
        storedChannel(consent.channel),
        consent.action,
        consent.at,
        consent.recordedAt,
        consent.sealed,
      );
    }
    if (write.events !== undefined) acceptEvents(context, { events: write.events });
    for (const webhook of write.webhooks ?? []) context.webhooks.recipient(webhook);
    return true;
  });

/** Compare-and-set on the version: two who change different things at once do not undo each other. */
function isWritten(database: Database, write: ChoicesWrite): boolean {
  const changed = database.run(
    `update recipient set choices = ?, version = version + 1
     where environment_id = ? and id = ? and version = ? and wrapped_key = ?`,
    write.choices,
    write.environmentId,
    write.id,
    write.version,
    write.wrappedKey,
  );
  return changed === 1;
}

function writeOptOuts(database: Database, { environmentId, id, optOuts }: ChoicesWrite): void {
  database.run("delete from opt_out where environment_id = ? and recipient = ?", environmentId, id);
  for (const optOut of optOuts) {
    const { legal, scope, value, channel, rank, refuses } = optOutValues(optOut);
    database.run(
      `insert into opt_out (environment_id, recipient, legal, scope, value, channel, rank, refuses)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      environmentId,
      id,
      legal,
      scope,
      value,
      channel,
      rank,
      refuses,
    );
  }
}

export const listConsents: Call<"listConsents"> = ({ database }, { environmentId, recipient, before, limit }) => {
  const rows = database.all(
    `select * from consent where environment_id = ? and recipient = ? and (? = '' or id < ?) order by id desc limit ?`,
    environmentId,
    recipient,
    before,
    before,
    limit,
  );
  return rows.map(consentOfRow);
};
