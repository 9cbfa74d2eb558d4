import { z } from "zod";
import { limits } from "./limits.ts";
import { jsonPathSchema, mappingRoots, mappingShapeSchema } from "./mapping-shapes.ts";

const shape = mappingShapeSchema;
const scalarSchema = z.union([z.string().max(200), z.number(), z.boolean(), z.null()]);

const shared = {
  data: shape.optional(),
  tenant: shape.optional(),
  scheduledAt: shape.optional(),
  expiresAt: shape.optional(),
  cancellationKey: shape.optional(),
  /** Where it is left out, it is made of the record's place: a record that comes again makes nothing twice. */
  idempotencyKey: shape.optional(),
};

/** What makes the fields of an event (`POST /v1/events`). */
const eventMappingSchema = z.strictObject({
  name: shape,
  recipients: shape,
  actor: shape.optional(),
  orderingKey: shape.optional(),
  ...shared,
});

/** What makes the fields of a direct message (`POST /v1/messages`). */
const messageMappingSchema = z.strictObject({
  channel: shape,
  to: shape,
  category: shape,
  template: shape.optional(),
  content: shape.optional(),
  ...shared,
});

/** How a foreign record becomes events, or direct messages. */
export const sourceMappingSchema = z
  .strictObject({
    /** The record is the JSON in the text there. */
    unwrap: jsonPathSchema.optional(),
    /** Records that all of these fit; others are passed over. */
    only: z
      .array(
        z.strictObject({
          $: jsonPathSchema,
          of: z.enum(mappingRoots).optional(),
          is: z.array(scalarSchema).min(1).max(limits.mappingTable),
        }),
      )
      .min(1)
      .max(10)
      .optional(),
    /** A list, of which each entry makes one. */
    each: jsonPathSchema.optional(),
    event: eventMappingSchema.optional(),
    message: messageMappingSchema.optional(),
  })
  .refine(({ event, message }) => (event === undefined) !== (message === undefined), {
    error: "needs exactly one of event and message",
    path: ["event"],
  });
export type SourceMapping = z.infer<typeof sourceMappingSchema>;
