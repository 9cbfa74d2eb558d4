import type { Json } from "@tidings/contract/data";
import { z } from "zod";
import { baseUrlSchema } from "../base-url.ts";
import { headerName, jsonPath } from "./fields.ts";
import { type Allowed, itemsIn, shapeFaults, textFaults } from "./shapes.ts";
import { webhookSchema } from "./webhook-settings.ts";

const word = z.union([z.string().min(1).max(100), z.int()]).transform(String);
const oneOrMany = <T extends z.ZodType>(schema: T) => z.union([schema, z.array(schema).min(1).max(100)]);

/** Values in it are percent-encoded. */
const requestPath = z
  .string()
  .max(2000)
  .regex(/^\/[\x21-\x7e]*$/, { error: "must begin with / and have no spaces" })
  .refine((path) => !/[?#\\]|\/\//.test(path) && !path.split("/").some((part) => /^(\.|%2e){1,2}$/i.test(part)), {
    error: "must be a plain path, without query and dots",
  });
/** A text of one line with values in it. */
const valueText = z
  .string()
  .max(2000)
  .regex(/^[\x20-\x7e]*$/, { error: "must be one line of ASCII" });

const authSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({ type: z.literal("bearer") }),
  z.strictObject({ type: z.literal("basic"), user: z.string().regex(/^[^:\p{Cc}]{0,200}$/u) }),
  z.strictObject({ type: z.literal("header"), name: headerName, prefix: valueText.optional() }),
]);

/** The first rule that fits decides. A status and a code both have to fit where both are given. */
const ruleSchema = z
  .strictObject({
    status: oneOrMany(z.int().min(200).max(599)).optional(),
    code: oneOrMany(word).optional(),
    is: z.enum(["accepted", "transient", "permanent", "unknown"]),
    scope: z.enum(["message", "destination", "integration"]).optional(),
    suppress: z.boolean().optional(),
    /** At least so long, ms. */
    retryAfterMs: z.int().min(0).max(86_400_000).optional(),
    attemptsMax: z.int().min(1).max(100).optional(),
  })
  .refine(({ status, code }) => status !== undefined || code !== undefined, { error: "needs status or code" })
  .refine(({ is, suppress }) => suppress !== true || is === "permanent", {
    error: "goes with permanent only",
    path: ["suppress"],
  });
export type OutcomeRule = z.infer<typeof ruleSchema>;

const unit = z.enum(["seconds", "milliseconds"]).default("seconds");
const answerSchema = z.strictObject({
  /** Where the vendor's code stands. */
  code: jsonPath.optional(),
  /** Where the vendor's own id of the message stands: an answer without it cannot be read. */
  messageId: jsonPath.optional(),
  retryAfter: z
    .union([z.strictObject({ path: jsonPath, unit }), z.strictObject({ header: headerName, unit })])
    .optional(),
  rules: z.array(ruleSchema).max(500).default([]),
});
export type AnswerSettings = z.infer<typeof answerSchema>;

const batchSchema = z.strictObject({
  max: z.int().min(2).max(1000),
  /** What became of each message; left out where the vendor answers for all of them at once. */
  results: z
    .strictObject({
      /** Where the list stands. */
      path: jsonPath,
      /** Where an entry has our message's id; left out, they are in the order of the request. */
      message: jsonPath.optional(),
      code: jsonPath.optional(),
      messageId: jsonPath.optional(),
    })
    .optional(),
});

const requestSchema = z.strictObject({
  method: z.enum(["POST", "PUT", "GET"]).default("POST"),
  path: requestPath,
  query: z.record(z.string().min(1).max(100), valueText).optional(),
  headers: z.record(headerName, valueText).optional(),
  body: z.custom<Json>().optional(),
  format: z.enum(["json", "form"]).default("json"),
});

export const settingsSchema = z
  .strictObject({
    baseUrl: baseUrlSchema,
    auth: authSchema.default({ type: "none" }),
    /** Token, password or key of `auth`. */
    secret: z
      .string()
      .regex(/^[\x21-\x7e]{1,4000}$/, { error: "must be visible ASCII" })
      .optional(),
    request: requestSchema,
    answer: answerSchema.prefault({}),
    batch: batchSchema.optional(),
    /** The vendor drops a repeated `idempotencyKey`. */
    idempotent: z.boolean().default(false),
    probe: z.strictObject({ method: z.enum(["GET", "POST"]).default("GET"), path: requestPath }).optional(),
    webhook: webhookSchema.optional(),
    webhookSecret: z.string().min(16).max(4000).optional(),
  })
  .superRefine((settings, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    const { auth, secret, request, batch, probe, webhook, webhookSecret } = settings;
    if (auth.type !== "none" && secret === undefined) fault(["secret"], "is what auth needs");
    if (webhook !== undefined && webhookSecret === undefined) fault(["webhookSecret"], "is what webhook needs");
    const allowed: Allowed = { message: batch === undefined, items: batch !== undefined };
    const check = (path: (string | number)[], text: string, by: Allowed) => {
      for (const message of textFaults(text, by)) fault(path, message);
    };
    check(["request", "path"], request.path, allowed);
    if (probe !== undefined) check(["probe", "path"], probe.path, { message: false, items: false });
    for (const part of ["query", "headers"] as const)
      for (const [name, text] of Object.entries(request[part] ?? {})) check(["request", part, name], text, allowed);
    const authHeader = auth.type === "header" ? auth.name : auth.type === "none" ? undefined : "authorization";
    if (authHeader !== undefined && Object.hasOwn(request.headers ?? {}, authHeader))
      fault(["request", "headers", authHeader], "is set by auth");
    if (request.method === "GET" && request.body !== undefined) fault(["request", "body"], "GET has no body");
    for (const { path, message } of shapeFaults(request.body ?? null, allowed))
      fault(["request", "body", ...path], message);
    if (batch !== undefined && itemsIn(request.body ?? null) !== 1)
      fault(["request", "body"], "needs $items once, as there is a batch");
    if (request.format === "form" && !isFlat(request.body)) fault(["request", "body"], "a form is an object of values");
  });
export type Settings = z.infer<typeof settingsSchema>;

const isFlat = (body: Json | undefined): boolean =>
  body === undefined || (typeof body === "object" && body !== null && !Array.isArray(body));
