import { z } from "zod";
import { timeSchema } from "./text.ts";

/** Kinds of configuration that are kept as versioned documents. */
export const configurationKinds = ["workflow", "template", "layout", "partial", "category", "integration"] as const;
export type ConfigurationKind = (typeof configurationKinds)[number];

/** How a configuration is shown: its document beside key, version and time. Of secrets only the names are shown. */
export const configurationViewSchema = <T extends z.ZodType>(document: T) =>
  z.object({
    key: z.string(),
    version: z.int(),
    updatedAt: timeSchema,
    secretNames: z.array(z.string()).optional(),
    document,
  });
