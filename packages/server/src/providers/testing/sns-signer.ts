import { randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import type { FeedbackRequest } from "../../ports/provider.ts";

const fixture = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** Certificate and key of nobody, for messages as SNS signs them. */
export const snsCertificate = fixture("sns-cert.pem");
const ownKey = fixture("sns-key.pem");

export const snsTopic = "arn:aws:sns:eu-central-1:123456789012:mail-events";
const host = "https://sns.eu-central-1.amazonaws.com";
export const snsCertificatePath = "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem";

/** Order in which docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html has the signed fields. */
const signedFields: Readonly<Record<string, readonly string[]>> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
};

export type SnsFields = Record<string, string>;

/** A message as SNS posts it, signed after `changes` were made to it. */
export function signedSns(changes: SnsFields = {}, key: string = ownKey): SnsFields {
  const fields: SnsFields = {
    Type: "Notification",
    MessageId: randomUUID(),
    TopicArn: snsTopic,
    Message: "hello",
    Timestamp: new Date().toISOString(),
    SignatureVersion: "2",
    SigningCertURL: host + snsCertificatePath,
    UnsubscribeURL: `${host}/?Action=Unsubscribe`,
    ...changes,
  };
  const lines = (signedFields[fields["Type"] ?? ""] ?? []).filter((name) => fields[name] !== undefined);
  const text = lines.map((name) => `${name}\n${fields[name]}\n`).join("");
  const algorithm = fields["SignatureVersion"] === "1" ? "sha1" : "sha256";
  return { ...fields, Signature: sign(algorithm, Buffer.from(text), key).toString("base64") };
}

/** Says that the endpoint was subscribed to the topic, with the URL that confirms it. */
export const signedConfirmation = (changes: SnsFields = {}): SnsFields =>
  signedSns({
    Type: "SubscriptionConfirmation",
    Token: "2336412f37fb687f5d51e6e2425a",
    SubscribeURL: `${host}/?Action=ConfirmSubscription&TopicArn=${snsTopic}&Token=2336412f37fb687f5d51e6e2425a`,
    ...changes,
  });

export function snsRequest(body: SnsFields | string, now = Date.now()): FeedbackRequest {
  const rawBody = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return { url: "https://tidings.example.com/v1/feedback/ses", headers: {}, rawBody, now };
}
