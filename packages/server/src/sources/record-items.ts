import { hash } from "node:crypto";
import type { ErrorCode, Fault } from "@tidings/contract/errors";
import { isDeeper } from "../domain/json-depth.ts";
import type { MappedBody, MapRecord } from "../domain/source-mapping.ts";
import type { SourceRecord } from "../ports/event-source.ts";

/** Why a record, or a part of it, is not taken in. Says which path is wrong, never what stands there. */
export interface Refusal {
  reason: ErrorCode | "mapping_failed" | "source_unknown";
  detail: string;
}

/** One of what a record becomes, on its way to be durable. */
export interface RecordItem {
  /** Its place among those of the record. */
  index: number;
  mapped: MappedBody;
  key: string;
  /** The key is made of the record's place, not of what stands in it. */
  isDerived: boolean;
  inRecord: (faults: readonly Fault[]) => Fault[];
}

/** A record, mapped. */
export interface MappedParts {
  items: RecordItem[];
  /** By place among what the record becomes; of the record as a whole by −1. */
  refusals: Map<number, Refusal>;
}

export interface RecordLimits {
  recordBytesMax: number;
  depthMax: number;
}

const detailLengthMax = 1000;
/** A name from the record may hold them, and half a character is left where a text is cut: no store takes these as they are. */
const unstorable = /[\p{Cc}\p{Cs}]/gu;
export const wholeRecord = -1;

/** `source` and what tells the record from others of it are what a key is made of where the mapping makes none. */
export function itemsOf(source: string, record: SourceRecord, map: MapRecord, limits: RecordLimits): MappedParts {
  const { value, headers, meta } = record;
  // A record without a value says that something is gone.
  if (value === null) return { items: [], refusals: new Map() };
  const parsed = parsedValue(value, limits);
  if ("reason" in parsed) return { items: [], refusals: new Map([[wholeRecord, parsed]]) };
  const mapped = map({ value: parsed.json, headers, meta });
  const parts: MappedParts = { items: [], refusals: new Map() };
  if (mapped.status === "refused") parts.refusals.set(wholeRecord, refusalOf("mapping_failed", mapped.faults));
  if (mapped.status !== "mapped") return parts;
  for (const [index, item] of mapped.items.entries()) {
    if (item.kind === "refused") {
      parts.refusals.set(index, refusalOf("mapping_failed", item.faults));
      continue;
    }
    const { idempotencyKey, inRecord, ...body } = item;
    const key = idempotencyKey ?? derivedKey(source, record.identity, index);
    parts.items.push({ index, mapped: body, key, isDerived: idempotencyKey === undefined, inRecord });
  }
  return parts;
}

export function refusalOf(reason: Refusal["reason"], faults: readonly Fault[], otherwise = ""): Refusal {
  const texts = faults.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  const detail = faults.length === 0 ? otherwise : texts.join("; ");
  return { reason, detail: detail.slice(0, detailLengthMax).replace(unstorable, "\ufffd") };
}

function parsedValue(value: Buffer, { recordBytesMax, depthMax }: RecordLimits): { json: unknown } | Refusal {
  if (value.length > recordBytesMax)
    return { reason: "body_too_large", detail: `has ${value.length} bytes; at most ${recordBytesMax}` };
  if (isDeeper(value, depthMax)) return { reason: "body_too_deep", detail: `nests deeper than ${depthMax}` };
  try {
    const json: unknown = JSON.parse(value.toString("utf8"));
    return { json };
  } catch {
    // What the parser says quotes what stands there.
    return { reason: "malformed_json", detail: "the record is no JSON" };
  }
}

/** As long whatever the names are. */
function derivedKey(source: string, identity: string, index: number): string {
  return `source.${hash("sha256", JSON.stringify([source, identity, index]), "hex")}`;
}
