import { dataSchema } from "@tidings/contract/data";
import type { ConsentUpdated } from "@tidings/contract/recipient-webhooks";
import type { changes } from "../domain/change-names.ts";
import type { NewEvent } from "../ports/store/ingest.ts";
import type { ApiDependencies } from "./dependencies.ts";

/** A change that workflows may await as an event; its data is the body of the call that would make it. */
export type ToldChange =
  | { name: Exclude<(typeof changes)[number], "consent.updated">; data: object }
  | { name: "consent.updated"; data: ToldConsent };

/** What somebody said; where they were then is evidence, and is told to nobody. */
export type ToldConsent = Omit<ConsentUpdated, "recipient" | "tenant" | "id">;

export interface ChangeEvents {
  events: NewEvent[];
  /** To be called once they are committed with the change. */
  committed(): void;
}

/** What is to be written with changes of a recipient. */
export function eventsOf(
  { ingest }: Pick<ApiDependencies, "ingest">,
  environmentId: number,
  recipient: string,
  changes: readonly ToldChange[],
): ChangeEvents {
  const made = changes.flatMap(({ name, data }) => {
    // What is left out is undefined in memory, and no JSON.
    const bodyOf = () => ({ name, recipients: [recipient], data: dataSchema.parse(JSON.parse(JSON.stringify(data))) });
    return ingest.changeEvent(environmentId, name, bodyOf) ?? [];
  });
  return {
    events: made.map(({ event }) => event),
    committed: () => {
      for (const one of made) one.committed();
    },
  };
}
