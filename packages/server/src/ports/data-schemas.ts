import type { DataSchema } from "@tidings/contract/data-schemas";
import type { Fault } from "@tidings/contract/errors";

/** JSON Schemas that workflows give for the data of their events. */
export interface DataSchemas {
  /** What is wrong with a schema, each fault with its path inside of it, empty for the whole. */
  schemaFaults(schema: DataSchema): Fault[];
  /** What is wrong with data, each fault with its path inside of it. Compiles a schema once for as long as it is in use. */
  dataFaults(schema: DataSchema, data: unknown): Fault[];
}
