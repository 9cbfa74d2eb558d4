import { z } from "zod";
import { keySchema, timeSchema } from "./text.ts";
import { channelSchema, laneSchema } from "./words.ts";

/** Why messages wait in a worker's memory: closed. */
export const waitReasons = [
  "rate_limited",
  "process_busy",
  "integration_busy",
  "destination_busy",
  "circuit_open",
] as const;
export type WaitReason = (typeof waitReasons)[number];

/** What one worker has in its memory for one integration. */
export const workerBufferSchema = z.object({
  integration: keySchema,
  environment: keySchema.optional(),
  channel: channelSchema,
  lanes: z.array(laneSchema),
  waiting: z.int(),
  inFlight: z.int(),
  reason: z.enum(waitReasons).optional(),
});
export type WorkerBuffer = z.infer<typeof workerBufferSchema>;

/** Why a worker reads nothing from its replica: closed. */
export const replicaReasons = ["behind", "no_standby", "unavailable"] as const;
export type ReplicaReason = (typeof replicaReasons)[number];

/** How a worker stands with the replica that it was given, as its latest reads found it. */
export const workerReplicaSchema = z.object({
  state: z.enum(["used", "aside"]),
  reason: z.enum(replicaReasons).optional(),
  behindMs: z.int().optional(),
});
export type WorkerReplica = z.infer<typeof workerReplicaSchema>;

/** How a source, or the mailbox of an integration's bounces, is read. */
export const workerReadSchema = z.object({
  kind: z.enum(["source", "mailbox"]),
  environment: keySchema.optional(),
  key: keySchema,
  state: z.enum(["read", "failing"]),
  code: z.string().optional(),
  since: timeSchema,
});
export type WorkerRead = z.infer<typeof workerReadSchema>;

/** What a worker tells of its work with each heartbeat. */
export const workerFactsSchema = z.object({
  inFlight: z.int(),
  buffers: z.array(workerBufferSchema),
  replica: workerReplicaSchema.optional(),
  reads: z.array(workerReadSchema).optional(),
});
export type WorkerFacts = z.infer<typeof workerFactsSchema>;

export const workerStates = ["alive", "late"] as const;
export type WorkerState = (typeof workerStates)[number];

export const workerSchema = z.object({
  node: z.string(),
  roles: z.array(z.string()),
  version: z.string(),
  host: z.string(),
  pid: z.int(),
  startedAt: timeSchema,
  heartbeatAt: timeSchema,
  heartbeatAgeMs: z.int(),
  state: z.enum(workerStates),
  ...workerFactsSchema.shape,
});
export type WorkerView = z.infer<typeof workerSchema>;

/** All of them: as many as there are processes, so that they need no pages. */
export const workersSchema = z.object({ items: z.array(workerSchema) });
export type WorkerList = z.infer<typeof workersSchema>;
