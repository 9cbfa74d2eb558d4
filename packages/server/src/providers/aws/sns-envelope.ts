import { type KeyObject, verify } from "node:crypto";
import { z } from "zod";

/**
 * All but `Message` hold no line break: so the signed text, whose fields are parted by line breaks, can be read in one way
 * only.
 */
const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u);
const common = {
  MessageId: z.string().regex(/^[0-9a-fA-F-]{36}$/),
  TopicArn: line(300),
  Message: z.string(),
  Timestamp: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/),
  SignatureVersion: z.enum(["1", "2"]),
  Signature: z
    .string()
    .max(2000)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/),
  SigningCertURL: line(500),
};
const subscription = { ...common, Token: line(2000), SubscribeURL: line(4000) };
/** What SNS posts: a notification, or that a subscription began or ended. */
export const envelopeSchema = z.discriminatedUnion("Type", [
  z.object({ Type: z.literal("Notification"), ...common, Subject: line(200).nullish() }),
  z.object({ Type: z.literal("SubscriptionConfirmation"), ...subscription }),
  z.object({ Type: z.literal("UnsubscribeConfirmation"), ...subscription }),
]);
export type Envelope = z.infer<typeof envelopeSchema>;

/** Whether the holder of the key signed it. */
export function isSigned(envelope: Envelope, key: KeyObject): boolean {
  const algorithm = envelope.SignatureVersion === "2" ? "sha256" : "sha1";
  return verify(algorithm, Buffer.from(signedText(envelope)), key, Buffer.from(envelope.Signature, "base64"));
}

/** Names and values, a line each, in the order of the names; `Subject` only where there is one. */
function signedText(envelope: Envelope): string {
  const { Message, MessageId, Timestamp, TopicArn, Type } = envelope;
  const pairs: [string, string][] = [
    ["Message", Message],
    ["MessageId", MessageId],
  ];
  if (envelope.Type !== "Notification") pairs.push(["SubscribeURL", envelope.SubscribeURL]);
  else if (typeof envelope.Subject === "string") pairs.push(["Subject", envelope.Subject]);
  pairs.push(["Timestamp", Timestamp]);
  if (envelope.Type !== "Notification") pairs.push(["Token", envelope.Token]);
  pairs.push(["TopicArn", TopicArn], ["Type", Type]);
  return pairs.map(([name, value]) => `${name}\n${value}\n`).join("");
}
