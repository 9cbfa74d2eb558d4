import { pauseKindSchema } from "@tidings/contract/pauses";
import { suppressionIdSchema } from "@tidings/contract/suppressions";
import { idSchema, keySchema, recipientIdSchema } from "@tidings/contract/text";
import { z } from "zod";

type Parameter = readonly [z.ZodType<string>, unknown];

/** The server takes ids in upper case too, as UUIDs are written by some. */
const anyCaseIdSchema = z.string().toLowerCase().pipe(idSchema);

export const idParameter = (id: unknown): Parameter => [anyCaseIdSchema, id];
export const keyParameter = (key: unknown): Parameter => [keySchema, key];
export const pauseKindParameter = (kind: unknown): Parameter => [pauseKindSchema, kind];
export const recipientParameter = (id: unknown): Parameter => [recipientIdSchema, id];
export const suppressionParameter = (id: unknown): Parameter => [suppressionIdSchema, id];
