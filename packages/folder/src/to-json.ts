import { type Json, jsonSchema } from "@tidings/contract/data";

/** A document as JSON has it: what is undefined is not there. */
export function toJson(document: unknown): Json {
  return jsonSchema.parse(JSON.parse(JSON.stringify(document)));
}
