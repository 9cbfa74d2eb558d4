import { z } from "zod";
import { pageQuerySchema } from "./pages.ts";
import { emailSchema, phoneSchema, webhookUrlSchema } from "./recipients.ts";
import { keySchema, line, timeSchema } from "./text.ts";
import { type Channel, channelSchema } from "./words.ts";

/** What a suppression stops: all, what one integration sends, a class, or a category. The last two never stop what is critical. */
export const suppressionScopes = ["everything", "sender", "class", "category"] as const;
export const suppressionScopeSchema = z.enum(suppressionScopes);
export type SuppressionScope = z.infer<typeof suppressionScopeSchema>;

/** Suppressions that one call adds. */
export const suppressionsPerCall = 1000;
export const suppressionReasonDefault = "manual";

/** The keyed hash that stands for an address: it means something in its own environment alone. */
export const addressHashSchema = z.string().regex(/^[0-9a-f]{32}$/, { error: "must be 32 hex digits in lower case" });

const addressSchemas: Partial<Record<Channel, z.ZodType<string>>> = {
  email: emailSchema,
  sms: phoneSchema,
  voice: phoneSchema,
  webhook: webhookUrlSchema,
};
const classes: readonly string[] = ["transactional", "marketing"];

/** One suppression as it is given: an address in clear, of which the hash is kept alone, or that hash. */
export const newSuppressionSchema = z
  .strictObject({
    channel: channelSchema,
    address: line(4096).optional(),
    addressHash: addressHashSchema.optional(),
    scope: suppressionScopeSchema.default("everything"),
    value: keySchema.optional(),
    reason: line(200).default(suppressionReasonDefault),
    createdAt: timeSchema.optional(),
  })
  .superRefine(({ channel, address, addressHash, scope, value }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if ((address === undefined) === (addressHash === undefined)) refuse("address", "must be there, or addressHash");
    const form = address === undefined ? undefined : addressSchemas[channel]?.safeParse(address);
    if (form?.success === false) refuse("address", form.error.issues[0]?.message ?? "is no address of the channel");
    if (scope === "everything" && value !== undefined) refuse("value", "belongs to the scopes sender, class, category");
    if (scope !== "everything" && value === undefined) refuse("value", `must name the ${scope}`);
    if (scope === "class" && value !== undefined && !classes.includes(value))
      refuse("value", `must be one of ${classes.join(", ")}: what is critical is not stopped by class`);
  });
export type NewSuppression = z.infer<typeof newSuppressionSchema>;

/** Body of `POST /v1/suppressions`. */
export const suppressionsBodySchema = z.strictObject({
  suppressions: z.array(newSuppressionSchema).min(1).max(suppressionsPerCall),
});
/** Those that were there already stay as they are. */
export const suppressionsAddedSchema = z.object({ added: z.int(), present: z.int() });
export type SuppressionsAdded = z.infer<typeof suppressionsAddedSchema>;

export const suppressionSchema = z.object({
  id: z.string(),
  channel: channelSchema,
  addressHash: z.string(),
  scope: suppressionScopeSchema,
  value: z.string().optional(),
  reason: z.string(),
  createdAt: timeSchema,
});
export type SuppressionView = z.infer<typeof suppressionSchema>;

/** Id of a suppression: what it consists of, with dots between. */
export const suppressionIdSchema = z
  .string()
  .max(200)
  .regex(/^[a-z_]{1,20}\.[0-9a-f]{32}\.(everything|(sender|class|category)\.[A-Za-z0-9][A-Za-z0-9._-]{0,99})$/, {
    error: "must be the id of a suppression, as the list shows it",
  });

export const suppressionQuerySchema = pageQuerySchema
  .extend({
    channel: channelSchema.optional(),
    scope: suppressionScopeSchema.optional(),
    address: line(4096).optional(),
  })
  .refine(({ address, channel }) => address === undefined || channel !== undefined, {
    error: "must be there with an address",
    path: ["channel"],
  });
