import type { Json } from "@tidings/contract/data";
import type { Fault } from "@tidings/contract/errors";
import { type EventBody, eventBodySchema, idempotencyKeySchema } from "@tidings/contract/events";
import { faultsOf } from "@tidings/contract/faults";
import { limits } from "@tidings/contract/limits";
import { type MessageBody, messageBodySchema } from "@tidings/contract/messages";
import type { SourceMapping } from "@tidings/contract/source-mappings";
import {
  compileShape,
  type Filler,
  foundAt,
  hasLostDigits,
  lostDigits,
  type MappedFrom,
  originOf,
} from "./mapped-shape.ts";
import { type Origins, originsOf, translated } from "./mapping-origins.ts";

/*
 * A foreign record as events or direct messages, by a source's mapping. Pure: the same record always gives the same. Faults
 * name the path in the record, and never a value of it.
 */

/** A record, its value parsed. */
export interface ForeignRecord {
  value: unknown;
  headers: Readonly<Record<string, string>>;
  meta: Readonly<Record<string, string | number>>;
}

export type MappedBody = { kind: "event"; body: EventBody } | { kind: "message"; body: MessageBody };

/** One of what a record becomes. */
export type MappedItem =
  | (MappedBody & {
      /** Undefined where the mapping makes none: then it is made of the record's place. */
      idempotencyKey: string | undefined;
      /** Faults of the body that are found later, by their paths in the record. */
      inRecord: (faults: readonly Fault[]) => Fault[];
    })
  | { kind: "refused"; faults: Fault[] };

export type MappedRecord =
  | { status: "mapped"; items: MappedItem[] }
  /** It is not for us. */
  | { status: "passed" }
  | { status: "refused"; faults: Fault[] };

export type MapRecord = (record: ForeignRecord) => MappedRecord;

export function compileMapping(mapping: SourceMapping): MapRecord {
  const { unwrap, only = [], each } = mapping;
  const itemOf = compileItem(mapping);
  return ({ value, headers, meta }) => {
    const record = unwrap === undefined ? value : unwrapped(value, unwrap);
    if (record === undefined) return refused(unwrap ?? "", "is no text that is JSON");
    const whole: MappedFrom = { entry: record, at: "", record, headers, meta };
    const fits = only.every(({ $: path, of, is }) => is.some((one) => one === (foundAt(whole, of, path) ?? null)));
    if (!fits) return { status: "passed" };
    if (each === undefined) return { status: "mapped", items: [itemOf(whole)] };
    const list = foundAt(whole, undefined, each);
    if (!Array.isArray(list)) return refused(each, "is no list");
    if (list.length > limits.eventsPerRecord) return refused(each, `has more than ${limits.eventsPerRecord} entries`);
    const entries: unknown[] = list;
    const at = (index: number) => originOf(whole, undefined, each === "" ? String(index) : `${each}.${index}`);
    return { status: "mapped", items: entries.map((entry, index) => itemOf({ ...whole, entry, at: at(index) })) };
  };
}

const refused = (path: string, message: string): MappedRecord => ({ status: "refused", faults: [{ path, message }] });

function unwrapped(value: unknown, path: string): unknown {
  const text = foundAt({ entry: value, at: "", record: value, headers: {}, meta: {} }, undefined, path);
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function compileItem({ event, message }: SourceMapping): (from: MappedFrom) => MappedItem {
  const { idempotencyKey = null, ...fields } = event ?? message ?? {};
  const shapes = Object.entries(fields).flatMap(([name, shape]): [string, Json][] =>
    shape === undefined ? [] : [[name, shape]],
  );
  const fill = compileShape(Object.fromEntries(shapes));
  const fillKey = compileShape(idempotencyKey);
  const kind = event === undefined ? "message" : "event";
  const whole: Filler = (from, told, place) => [
    fill(from, told, place),
    fillKey(from, told, [...place, "idempotencyKey"]),
  ];
  return (from) => {
    let isHard = false;
    // What is missing may be allowed to be: the schema knows.
    const watch = (_place: unknown, _origin: string, fault: string | undefined): void => {
      isHard ||= fault !== undefined && fault !== "is missing";
    };
    const body = fill(from, watch, []);
    const keyMade = fillKey(from, watch, ["idempotencyKey"]) ?? undefined;
    // Only what is refused is asked where it came from.
    const inRecord = (faults: readonly Fault[]) => translated(faults, originsOf(whole, from), kind);
    if (isHard) return { kind: "refused", faults: hardFaults(originsOf(whole, from)) };
    if (hasLostDigits(keyMade))
      return { kind: "refused", faults: inRecord([{ path: "idempotencyKey", message: lostDigits }]) };
    const key = keySchema.safeParse(typeof keyMade === "number" ? String(keyMade) : keyMade);
    if (!key.success) return { kind: "refused", faults: inRecord(faultsOf(key.error, "idempotencyKey")) };
    const parsed = parsedBody(kind, body);
    if ("faults" in parsed) return { kind: "refused", faults: inRecord(parsed.faults) };
    return { ...parsed, idempotencyKey: key.data, inRecord };
  };
}

const keySchema = idempotencyKeySchema.optional();

function parsedBody(kind: "event" | "message", value: unknown): MappedBody | { faults: Fault[] } {
  if (kind === "message") {
    const parsed = messageBodySchema.safeParse(value);
    return parsed.success ? { kind, body: parsed.data } : { faults: faultsOf(parsed.error) };
  }
  const parsed = eventBodySchema.safeParse(value);
  return parsed.success ? { kind, body: parsed.data } : { faults: faultsOf(parsed.error) };
}

function hardFaults(origins: Origins): Fault[] {
  const faults = [...origins.values()].flatMap(({ origin, fault }) =>
    fault === undefined || fault === "is missing" ? [] : [{ path: origin, message: fault }],
  );
  return faults.slice(0, limits.faults);
}
