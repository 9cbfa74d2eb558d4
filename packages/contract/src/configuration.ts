import { z } from "zod";
import { jsonSchema } from "./data.ts";
import { limits } from "./limits.ts";
import { probeSchema } from "./readiness.ts";
import { keySchema, line, timeSchema } from "./text.ts";

/** Kinds of configuration that are kept as versioned documents. */
export const configurationKinds = [
  "workflow",
  "template",
  "layout",
  "partial",
  "category",
  "integration",
  "policy",
  "segment",
  "source",
] as const;
export type ConfigurationKind = (typeof configurationKinds)[number];

/** Kinds whose documents have secrets, which are sealed apart from them. They are accounts of an environment, and stay in it. */
const kindsWithSecrets: ReadonlySet<string> = new Set<ConfigurationKind>(["integration", "source"]);
export const hasSecrets = (kind: string): boolean => kindsWithSecrets.has(kind);

/** How a configuration is shown: its document beside key, version and time. Of secrets only the names are shown. */
export const configurationViewSchema = <T extends z.ZodType>(document: T) =>
  z.object({
    key: z.string(),
    version: z.int(),
    updatedAt: timeSchema,
    secretNames: z.array(z.string()).optional(),
    /** Of an integration that is read: how it stood last. */
    probe: probeSchema.optional(),
    /** Where this version's document came from, when it was not written by hand. */
    origin: z.string().optional(),
    document,
    /** In the answer to a write: documents that use this one and were not checked, as they are too many. */
    unchecked: z.int().optional(),
  });

/** Query of `GET /v1/{plural}/{key}`: a version as it was published; the current one where left out. */
export const versionQuerySchema = z.strictObject({ version: z.coerce.number().int().min(1).optional() });

/** One version of a document, as `GET /v1/{plural}/{key}/versions` lists them, newest first. */
export const configurationVersionSchema = z.object({
  version: z.int(),
  updatedAt: timeSchema,
  /** True where this version is that it was deleted. */
  deleted: z.boolean(),
  current: z.boolean(),
  /** Where its document came from, when it was not written by hand: `version 3`, or `staging version 12`. */
  origin: z.string().optional(),
});
export type ConfigurationVersion = z.infer<typeof configurationVersionSchema>;

/** `If-Match`: a version in quotes, as an entity tag is written (RFC 9110 §13.1.1). */
export const ifMatchSchema = z
  .string()
  .regex(/^"[1-9]\d{0,8}"$/, { error: 'must be a version in quotes, such as "3"' });

/** Body of `POST /v1/{plural}/{key}/rollback`. */
export const rollbackBodySchema = z.strictObject({ version: z.int().min(1) });

/** Kinds of documents that are written together: configuration, and tenants, which have no earlier versions. */
export const documentKinds = [...configurationKinds, "tenant"] as const;
export const documentKindSchema = z.enum(documentKinds);
export type DocumentKind = z.infer<typeof documentKindSchema>;

const documentKeySchema = z.strictObject({ kind: documentKindSchema, key: keySchema });

/** Body of `POST /v1/configuration/check` and `/apply`: documents that hold together, in any order. */
export const configurationSetSchema = z.strictObject({
  documents: z
    .array(
      documentKeySchema.extend({
        /** The body of `PUT /v1/{plural}/{key}`. */
        document: jsonSchema,
        origin: line(200).optional(),
      }),
    )
    .max(limits.documentsPerSet),
  delete: z.array(documentKeySchema).max(limits.documentsPerSet).optional(),
  /** Versions that were seen; 0 where there was no such document. Where one is another by now, nothing is written. */
  expect: z
    .array(documentKeySchema.extend({ version: z.int().min(0) }))
    .max(2 * limits.documentsPerSet)
    .optional(),
});
export type ConfigurationSet = z.infer<typeof configurationSetSchema>;

/** What a document's writing did, or would do. */
export const configurationChangeSchema = z.object({
  kind: z.string(),
  key: z.string(),
  /** The version that is current then; of a tenant that is deleted, its last. */
  version: z.int(),
  change: z.enum(["created", "changed", "unchanged", "deleted"]),
});
export type ConfigurationChange = z.infer<typeof configurationChangeSchema>;

/** A fault of one document of a set. `line` is that of the text at `path`, where it is a template's. */
export const configurationFaultSchema = z.object({
  kind: z.string(),
  key: z.string(),
  path: z.string(),
  message: z.string(),
  line: z.int().optional(),
});
export type ConfigurationFault = z.infer<typeof configurationFaultSchema>;

/** Answer of `POST /v1/configuration/check`: what applying would do, or why it would be refused. */
export const configurationCheckSchema = z.object({
  faults: z.array(configurationFaultSchema),
  documents: z.array(configurationChangeSchema),
  unchecked: z.int().optional(),
});
export type ConfigurationCheck = z.infer<typeof configurationCheckSchema>;

/** Answer of `POST /v1/configuration/apply`. */
export const configurationAppliedSchema = z.object({
  documents: z.array(configurationChangeSchema),
  unchecked: z.int().optional(),
});
export type ConfigurationApplied = z.infer<typeof configurationAppliedSchema>;

/** Answer of `GET /v1/environments`: their names, and which one the API key is of. */
export const environmentsSchema = z.object({
  current: z.string(),
  items: z.array(z.object({ key: z.string() })),
});
export type Environments = z.infer<typeof environmentsSchema>;
