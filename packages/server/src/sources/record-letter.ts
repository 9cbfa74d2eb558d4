import { z } from "zod";
import { sealContext } from "../domain/event-payload.ts";
import type { SourceRecord } from "../ports/event-source.ts";
import type { SourceLetter } from "../ports/store/source-letters.ts";
import { type Refusal, wholeRecord } from "./record-items.ts";

/** What of the keyring sources use. */
export interface SourceKeyring {
  sealForEnvironment(environmentId: number, context: string, text: string): string;
  unsealForEnvironment(environmentId: number, context: string, sealed: string): string;
}

const keptSchema = z.object({
  value: z.base64(),
  headers: z.record(z.string(), z.string()),
  meta: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Places of what was refused among all that it becomes; left out where that is all. */
  undone: z.array(z.int()).optional(),
});

/** A record that was refused, with what of it is still to be done; undefined for all. */
export interface KeptRecord {
  record: SourceRecord;
  undone: ReadonlySet<number> | undefined;
}

export interface LetterOf {
  environmentId: number;
  source: string;
  /** Of a letter that is new. */
  id: string;
  at: number;
  /** Above it the record itself is not kept. */
  keptBytesMax: number;
}

/** `made`: whether something of the record was done. */
export function letterOf(
  { environmentId, source, id, at, keptBytesMax }: LetterOf,
  record: SourceRecord,
  refusals: ReadonlyMap<number, Refusal>,
  made: boolean,
  keyring: Pick<SourceKeyring, "sealForEnvironment">,
): SourceLetter {
  const { place, identity, value, headers, meta } = record;
  const [first = { reason: "internal", detail: "" }] = refusals.values();
  const count = refusals.size > 1 ? ` (and ${refusals.size - 1} more of this record)` : "";
  const undone = made ? { undone: [...refusals.keys()].filter((index) => index !== wholeRecord) } : {};
  const kept = JSON.stringify({ value: (value ?? Buffer.of()).toString("base64"), headers, meta, ...undone });
  const isKept = kept.length <= keptBytesMax;
  return {
    id,
    environmentId,
    source,
    place,
    identity,
    reason: first.reason,
    detail: first.detail + count,
    at,
    sealed: isKept ? keyring.sealForEnvironment(environmentId, sealContext.sourceRecord, kept) : null,
  };
}

/** Undefined where the record was too long to be kept. */
export function keptRecord(
  { environmentId, place, identity, sealed }: SourceLetter,
  keyring: Pick<SourceKeyring, "unsealForEnvironment">,
): KeptRecord | undefined {
  if (sealed === null) return undefined;
  const text = keyring.unsealForEnvironment(environmentId, sealContext.sourceRecord, sealed);
  const { value, headers, meta, undone } = keptSchema.parse(JSON.parse(text));
  const record = { place, identity, value: Buffer.from(value, "base64"), headers, meta };
  return { record, undone: undone === undefined ? undefined : new Set(undone) };
}
