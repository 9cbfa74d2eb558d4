import { z } from "zod";
import { type Condition, conditionSchema } from "./conditions.ts";
import { dataPathSchema } from "./data-path.ts";
import { dataSchemaSchema } from "./data-schemas.ts";
import { type DelayStep, delayStepSchema } from "./delay-step.ts";
import { type DigestStep, digestStepSchema } from "./digest-step.ts";
import { type EventStep, eventStepSchema } from "./event-step.ts";
import { limits } from "./limits.ts";
import { type RecentStep, recentStepSchema } from "./recent-step.ts";
import { type ChannelStep, channelStepSchema, type FirstOfStep, firstOfStepSchema } from "./sending-steps.ts";
import { stepSecondsSchema } from "./step-seconds.ts";
import { bodyText, keySchema, line } from "./text.ts";
import { type ThrottleStep, throttleStepSchema } from "./throttle-step.ts";
import { type WaitForStep, waitForStepSchema } from "./wait-for-step.ts";

/** Headers that the request itself decides, or that would change how it is framed. */
const reservedHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "idempotency-key",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** A token (RFC 9110 §5.6.2). */
const headerNameSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: "must be the name of a header" })
  .refine((name) => !reservedHeaders.has(name.toLowerCase()), { error: "is set by the server" });

const headersSchema = z
  .record(headerNameSchema, bodyText(4000))
  .refine((headers) => Object.keys(headers).length <= limits.headersPerFetch, {
    error: `has more than ${limits.headersPerFetch} headers`,
  })
  .refine(
    (headers) => new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length,
    {
      error: "names a header twice",
    },
  );

/** What a fetch step asks for. Its texts are Handlebars templates over `data`, `recipient` and `steps`. */
export const fetchRequestSchema = z
  .strictObject({
    method: z.enum(["GET", "POST"]),
    /** Values in it are percent-encoded. Scheme and host are literal: no data decides whom the request goes to. */
    url: line(2000).regex(/^https?:\/\/[^\s/?#{}@\\]+(?:[/?#]|$)/, {
      error: "must begin with http:// or https:// and a host without variables",
    }),
    headers: headersSchema.optional(),
    /** Template of a JSON text; values in it are escaped. */
    body: bodyText(100_000).optional(),
  })
  .refine((request) => request.method === "POST" || request.body === undefined, {
    error: "is not sent with GET",
    path: ["body"],
  });
export type FetchRequest = z.infer<typeof fetchRequestSchema>;

export const fetchStepSchema = z.strictObject({
  id: keySchema,
  type: z.literal("fetch"),
  request: fetchRequestSchema,
  /** Time for one try; the server's default where left out. */
  timeoutMs: z.int().min(100).max(30_000).optional(),
  /** Tries after the first, where trying again can help; 3 where left out. */
  retries: z.int().min(0).max(5).optional(),
  /** `continue` goes on with `{error}` as the step's result; `fail`, the default, ends the run as a dead letter. */
  onError: z.enum(["continue", "fail"]).optional(),
});

export type FetchStep = z.infer<typeof fetchStepSchema>;
export type ConditionStep = {
  id: string;
  type: "condition";
  if: Condition;
  then: Step[];
  else?: Step[] | undefined;
};
/** One step of a workflow. Later kinds join this union. */
export type Step =
  | ChannelStep
  | DelayStep
  | ConditionStep
  | FetchStep
  | DigestStep
  | ThrottleStep
  | FirstOfStep
  | RecentStep
  | WaitForStep
  | EventStep;

export const stepSchema: z.ZodType<Step> = z.lazy(() =>
  z.discriminatedUnion("type", [
    channelStepSchema,
    delayStepSchema,
    fetchStepSchema,
    digestStepSchema,
    throttleStepSchema,
    firstOfStepSchema,
    recentStepSchema,
    waitForStepSchema,
    eventStepSchema,
    z.strictObject({
      id: keySchema,
      type: z.literal("condition"),
      if: conditionSchema,
      // biome-ignore lint/suspicious/noThenProperty: `then` is the field's standard word in workflow definitions
      then: z.array(stepSchema).max(limits.stepsPerWorkflow),
      else: z.array(stepSchema).max(limits.stepsPerWorkflow).optional(),
    }),
  ]),
);

/** Body of `PUT /v1/workflows/{key}`: a new version each time that it differs. */
export const workflowBodySchema = z.strictObject({
  name: line(200).optional(),
  /** Name of the event that starts it; its key where left out. */
  event: line(200).optional(),
  category: keySchema,
  /** What is `high` may use what caps keep in reserve. */
  priority: z.enum(["high", "normal"]).optional(),
  /** What the event's data must be; an event that it refuses is refused whole. */
  data: dataSchemaSchema.optional(),
  /** A second event with the same value of `key` for the same recipient inside the window starts nothing. */
  dedupe: z
    .strictObject({
      key: dataPathSchema,
      windowSeconds: stepSecondsSchema,
    })
    .optional(),
  steps: z.array(stepSchema).min(1).max(limits.stepsPerWorkflow),
});
export type WorkflowBody = z.infer<typeof workflowBodySchema>;
