import type { Choices } from "../domain/policy/choices.ts";
import { parseChoices, writtenChoices } from "../domain/policy/choices.ts";
import { optOutsOf } from "../domain/policy/opt-outs.ts";
import { TidingsError } from "../errors.ts";
import type { ChoicesStore, ChoicesWrite, ConsentRow } from "../ports/store/choices.ts";
import type { OrchestrateStore, RecipientRecord } from "../ports/store/orchestrate.ts";

/** A change of somebody's choices, made anew from what is stored where that has changed meanwhile. */
export interface ChoicesChange {
  id: string;
  apply(before: Choices, recipient: RecipientRecord): ChangedChoices;
}

/** What follows from a change, written in one transaction. */
export interface ChangedChoices extends Pick<ChoicesWrite, "suppress" | "release"> {
  after: Choices;
  consents: readonly ConsentRow[];
}

interface Parts {
  store: Pick<ChoicesStore, "putChoices"> & Pick<OrchestrateStore, "loadRecipients">;
}

/** Two who change one recipient at once: the later one reads again. So often, and not without end. */
const triesMax = 10;

/** Along the changes: what is chosen now; undefined where there is no such recipient. Throws where somebody else always comes first. */
export async function changeChoices(
  { store }: Parts,
  environmentId: number,
  changes: readonly ChoicesChange[],
): Promise<(Choices | undefined)[]> {
  const results = new Array<Choices | undefined>(changes.length).fill(undefined);
  let open = changes.map((change, place) => ({ change, place }));
  for (let tries = 0; open.length > 0; tries += 1) {
    if (tries === triesMax) throw new TidingsError("version_conflict");
    const keys = open.map(({ change }) => ({ environmentId, id: change.id }));
    const records = await store.loadRecipients({ keys, lane: "transactional" });
    const known = new Map(records.map((record) => [record.id, record]));
    const tried = open.flatMap(({ change, place }) => {
      const record = known.get(change.id);
      return record === undefined ? [] : [{ change, place, ...writeOf(change, record) }];
    });
    const written = await store.putChoices({ writes: tried.map(({ write }) => write) });
    open = [];
    for (const [index, { change, place, after }] of tried.entries()) {
      if (written[index] === true) results[place] = after;
      else open.push({ change, place });
    }
  }
  return results;
}

function writeOf(change: ChoicesChange, record: RecipientRecord): { write: ChoicesWrite; after: Choices } {
  const { after, ...beside } = change.apply(parseChoices(record.choices), record);
  const { environmentId, id, version, wrappedKey } = record;
  const choices = writtenChoices(after);
  return { after, write: { environmentId, id, version, wrappedKey, choices, optOuts: optOutsOf(after), ...beside } };
}
