import type { Choices } from "../domain/policy/choices.ts";
import { parseChoices, writtenChoices } from "../domain/policy/choices.ts";
import { optOutsOf } from "../domain/policy/opt-outs.ts";
import { TidingsError } from "../errors.ts";
import type { ChoicesStore, ChoicesWrite, ConsentRow } from "../ports/store/choices.ts";
import type { OrchestrateStore, RecipientRecord } from "../ports/store/orchestrate.ts";
import { eventsOf, type ToldChange } from "./change-events.ts";
import type { ApiDependencies } from "./dependencies.ts";

/** A change of somebody's choices, made anew from what is stored where that has changed meanwhile. */
export interface ChoicesChange {
  id: string;
  apply(before: Choices, recipient: RecipientRecord): ChangedChoices;
}

/** What follows from a change, written in one transaction. */
export interface ChangedChoices extends Pick<ChoicesWrite, "suppress" | "release"> {
  after: Choices;
  consents: readonly ConsentRow[];
  /** What workflows may await of it. */
  told: readonly ToldChange[];
}

interface Parts extends Pick<ApiDependencies, "ingest"> {
  store: Pick<ChoicesStore, "putChoices"> & Pick<OrchestrateStore, "loadRecipients">;
}

/** Two who change one recipient at once: the later one reads again. So often, and not without end. */
const triesMax = 10;

/** Along the changes: what is chosen now; undefined where there is no such recipient. Throws where somebody else always comes first. */
export async function changeChoices(
  { store, ingest }: Parts,
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
      return record === undefined ? [] : [{ change, place, ...toldWriteOf(change, record, ingest) }];
    });
    const written = await store.putChoices({ writes: tried.map(({ write }) => write) });
    open = [];
    for (const [index, { change, place, after, committed }] of tried.entries()) {
      if (written[index] === true) {
        results[place] = after;
        committed();
      } else open.push({ change, place });
    }
  }
  return results;
}

function toldWriteOf(change: ChoicesChange, record: RecipientRecord, ingest: Parts["ingest"]) {
  const { write, after, told } = writeOf(change, record);
  const { events, committed } = eventsOf({ ingest }, record.environmentId, record.id, told);
  return { after, write: events.length === 0 ? write : { ...write, events }, committed };
}

/** What is written of a change, over the recipient as read. */
export function writeOf(
  change: ChoicesChange,
  record: RecipientRecord,
): Pick<ChangedChoices, "after" | "told"> & { write: ChoicesWrite } {
  const { after, told, ...beside } = change.apply(parseChoices(record.choices), record);
  const { environmentId, id, version, wrappedKey } = record;
  const said = { choices: writtenChoices(after), optOuts: optOutsOf(after), ...beside };
  return { after, told, write: { environmentId, id, version, wrappedKey, ...said } };
}
