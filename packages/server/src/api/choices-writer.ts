import type { ChangeSource } from "@tidings/contract/recipient-webhooks";
import type { Choices } from "../domain/policy/choices.ts";
import { parseChoices, writtenChoices } from "../domain/policy/choices.ts";
import { optOutsOf } from "../domain/policy/opt-outs.ts";
import { TidingsError } from "../errors.ts";
import type { ChoicesStore, ChoicesWrite, ConsentRow } from "../ports/store/choices.ts";
import type { OrchestrateStore, RecipientRecord } from "../ports/store/orchestrate.ts";
import { eventsOf, type ToldChange } from "./change-events.ts";
import { webhooksOf } from "./choices-webhooks.ts";
import type { ApiDependencies } from "./dependencies.ts";

/** A change of somebody's choices, made anew from what is stored where that has changed meanwhile. */
export interface ChoicesChange {
  id: string;
  /** By what it is made. */
  source: ChangeSource;
  apply(before: Choices, recipient: RecipientRecord): ChangedChoices;
}

/** What follows from a change, written in one transaction. */
export interface ChangedChoices extends Pick<ChoicesWrite, "suppress" | "release"> {
  after: Choices;
  consents: readonly ConsentRow[];
  /** What workflows may await of it: of consents each in the order of `consents`. */
  told: readonly ToldChange[];
}

type Sealing = Pick<ApiDependencies, "ids" | "clock" | "keyring">;

interface Parts extends Pick<ApiDependencies, "ingest">, Sealing {
  store: Pick<ChoicesStore, "putChoices"> & Pick<OrchestrateStore, "loadRecipients">;
}

/** Two who change one recipient at once: the later one reads again. So often, and not without end. */
const triesMax = 10;

/** Along the changes: what is chosen now; undefined where there is no such recipient. Throws where somebody else always comes first. */
export async function changeChoices(
  dependencies: Parts,
  environmentId: number,
  changes: readonly ChoicesChange[],
): Promise<(Choices | undefined)[]> {
  const { store } = dependencies;
  const results = new Array<Choices | undefined>(changes.length).fill(undefined);
  let open = changes.map((change, place) => ({ change, place }));
  for (let tries = 0; open.length > 0; tries += 1) {
    if (tries === triesMax) throw new TidingsError("version_conflict");
    const keys = open.map(({ change }) => ({ environmentId, id: change.id }));
    const records = await store.loadRecipients({ keys, lane: "transactional" });
    const known = new Map(records.map((record) => [record.id, record]));
    const tried = open.flatMap(({ change, place }) => {
      const record = known.get(change.id);
      return record === undefined ? [] : [{ change, place, ...toldWriteOf(dependencies, change, record) }];
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

function toldWriteOf(dependencies: Parts, change: ChoicesChange, record: RecipientRecord) {
  const { write, after, told } = writeOf(dependencies, change, record);
  const { events, committed } = eventsOf(dependencies, record.environmentId, record.id, told);
  return { after, write: events.length === 0 ? write : { ...write, events }, committed };
}

/** What is written of a change, over the recipient as read, with what endpoints are told of it. */
export function writeOf(
  dependencies: Sealing,
  change: ChoicesChange,
  record: RecipientRecord,
): Pick<ChangedChoices, "after" | "told"> & { write: ChoicesWrite } {
  const before = parseChoices(record.choices);
  const { after, told, ...beside } = change.apply(before, record);
  const { environmentId, id, version, wrappedKey } = record;
  const said = { choices: writtenChoices(after), optOuts: optOutsOf(after), ...beside };
  const step = { before, after, consents: beside.consents, told, source: change.source };
  const webhooks = webhooksOf(dependencies, record, step);
  return { after, told, write: { environmentId, id, version, wrappedKey, ...said, webhooks } };
}
