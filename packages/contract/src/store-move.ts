import { z } from "zod";

/*
 * What the process that moves a store tells, one JSON document per line: `tidings migrate-store` starts it and shows it.
 */

const count = z.number().int().nonnegative();

const plannedTable = z.object({ name: z.string(), rows: count });
export type PlannedTable = z.infer<typeof plannedTable>;

const movedTable = z.object({
  name: z.string(),
  rows: count,
  /** SHA-256 over the rows, whatever their order; what was read back from the destination gave the same. */
  digest: z.string(),
});

const places = { source: z.string(), destination: z.string() };

export const storeMoveLineSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("planned"), ...places, tables: z.array(plannedTable), rows: count, parts: count }),
  z.object({
    kind: z.literal("started"),
    ...places,
    pid: count,
    /** Whether an earlier start is gone on with. */
    resumed: z.boolean(),
    rows: count,
    copied: count,
    verified: count,
  }),
  z.object({
    kind: z.literal("progress"),
    phase: z.enum(["copy", "verify"]),
    table: z.string(),
    tableRows: count,
    tableTotal: count,
    /** Rows of all tables that this phase is done with. */
    rows: count,
    total: count,
    rowsPerSecond: z.number().nonnegative(),
    /** Of both phases, as the speed so far says; null until there is one. */
    secondsLeft: z.number().nonnegative().nullable(),
  }),
  z.object({ kind: z.literal("note"), message: z.string() }),
  z.object({ kind: z.literal("stopped"), phase: z.enum(["copy", "verify"]), rows: count, total: count }),
  z.object({
    kind: z.literal("done"),
    ...places,
    tables: z.array(movedTable),
    rows: count,
    durationMs: z.number().nonnegative(),
    peakMemoryBytes: count,
    /** Where the master key is, which opens what was moved. */
    masterKey: z.string(),
  }),
  z.object({
    kind: z.literal("failed"),
    /** What is wrong: what was asked for, a difference between both sides, or something else. */
    outcome: z.enum(["usage", "difference", "fault"]),
    message: z.string(),
    hint: z.string().optional(),
  }),
]);

export type StoreMoveLine = z.infer<typeof storeMoveLineSchema>;
export type StoreMoveProgress = Extract<StoreMoveLine, { kind: "progress" }>;
