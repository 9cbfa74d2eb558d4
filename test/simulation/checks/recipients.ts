import { parseProfile } from "../../../packages/server/src/domain/recipient-view.ts";
import { integer, text } from "../../../packages/server/src/store/sql/columns.ts";
import type { Cast } from "../cast.ts";
import { storedAtMs } from "../people.ts";
import type { EndFacts } from "./facts.ts";

/** Of all that events told of a recipient, the newest is kept. */
export function checkRecipients({ world, people }: Cast, { events }: EndFacts): void {
  for (const person of people) {
    const row = world.base.database.get("select profile, updated_at from recipient where id = ?", person.id);
    const told = events.flatMap(({ posted: { intent }, receivedAt, state }) => {
      if (!intent.inline.has(person.id)) return [];
      return [
        {
          version: intent.ref,
          at: Math.min(intent.inline.get(person.id) ?? receivedAt, receivedAt),
          sure: state === "done",
        },
      ];
    });
    if (person.kind === "stored") told.push({ version: "stored", at: storedAtMs, sure: true });
    const sure = told.filter((one) => one.sure);
    if (row === undefined) {
      if (sure.length > 0) world.violate("newest-data-is-kept", `${person.id} was never written`);
      continue;
    }
    const version = String(parseProfile(text(row, "profile")).attributes.version);
    const updatedAt = integer(row, "updated_at");
    const newest = Math.max(...sure.map(({ at }) => at));
    const fits = told.some((one) => one.version === version && one.at === updatedAt) && updatedAt >= newest;
    if (!fits)
      world.violate("newest-data-is-kept", `${person.id} has ${version} of ${updatedAt}, newest is of ${newest}`);
  }
}
