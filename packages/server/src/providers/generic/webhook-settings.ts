import { z } from "zod";
import { feedbackKinds } from "../../domain/feedback.ts";
import { headerName, jsonPath } from "./fields.ts";

const prefix = z.string().max(100).default("");

/** How what comes in is shown to be the vendor's. */
const signatureSchema = z.discriminatedUnion("type", [
  z
    .strictObject({
      type: z.literal("hmac-sha256"),
      header: headerName,
      encoding: z.enum(["hex", "base64"]).default("hex"),
      /** In front of the signature, such as `sha256=`. */
      prefix,
      signed: z.enum(["body", "timestamp.body"]).default("body"),
      /** Of `timestamp.body`. */
      timestampHeader: headerName.optional(),
      timestampUnit: z.enum(["seconds", "milliseconds"]).default("seconds"),
    })
    .refine(({ signed, timestampHeader }) => (signed === "body") === (timestampHeader === undefined), {
      error: "goes with timestamp.body, which needs it",
      path: ["timestampHeader"],
    }),
  /** The header has the secret itself, behind the prefix, such as `Bearer `. */
  z.strictObject({ type: z.literal("token"), header: headerName, prefix }),
]);
export type SignatureSettings = z.infer<typeof signatureSchema>;

/** What one of the vendor's kinds of events means. `inbound` is what somebody sent back; a kind that is not named is passed over. */
const meaning = z.enum([...feedbackKinds, "inbound"]);

const time = z.strictObject({ path: jsonPath, unit: z.enum(["seconds", "milliseconds", "iso"]) });

export const webhookSchema = z
  .strictObject({
    signature: signatureSchema,
    /** Where the list of events stands; an object there is one event, and the empty path the whole body. */
    events: jsonPath.default(""),
    kind: z.strictObject({
      path: jsonPath,
      table: z
        .record(z.string().min(1).max(100), meaning)
        .refine((table) => Object.keys(table).length <= 200, { error: "has at most 200 kinds" }),
    }),
    /** Where an event has the id of our message, as the request gave it. */
    messageId: jsonPath.optional(),
    /** The time of an event; that of the call where left out. */
    at: time.optional(),
    code: jsonPath.optional(),
    inbound: z.strictObject({ id: jsonPath, from: jsonPath, text: jsonPath }).optional(),
  })
  .superRefine(({ kind, messageId, inbound }, context) => {
    const meanings = Object.values(kind.table);
    const fault = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (meanings.includes("inbound") && inbound === undefined) fault("inbound", "is what the kind inbound needs");
    if (messageId === undefined && meanings.some((one) => one !== "inbound"))
      fault("messageId", "is what events of our messages need");
  });
export type WebhookSettings = z.infer<typeof webhookSchema>;
