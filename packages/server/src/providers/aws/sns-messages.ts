import type { FeedbackEnvironment, FeedbackRequest, FeedbackResult, OutboundHttp } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";
import { SnsCertificates } from "./sns-certificates.ts";
import { type Envelope, envelopeSchema, isSigned } from "./sns-envelope.ts";

/*
 * Messages that SNS posts to a subscriber over HTTP: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html.
 * The signature lies inside the JSON, so its envelope is read before it is verified, and nothing else. Believed is only what
 * one topic, named in the settings, sent within the hour: whoever has an account at AWS can have messages signed by it.
 */

/** SNS tries a subscriber over HTTP for an hour at most. */
const ageMsMax = 3_600_000;
/** How far AWS's clock may be ahead of ours. */
const aheadMsMax = 300_000;
const confirmTimeoutMs = 10_000;

/** Anchored: `sns.eu-central-1.amazonaws.com.evil.test` and `sns-x.amazonaws.com` are not AWS's. */
const snsHost = /^sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;
const certificatePath = /^\/SimpleNotificationService-[0-9A-Za-z]{1,100}\.pem$/;

export interface SnsSettings {
  /** The topic that is believed; nothing is where it is left out. */
  feedbackTopicArn?: string | undefined;
  /** Whether SignatureVersion 1, over SHA-1, is believed too. */
  feedbackSha1: boolean;
  /** Takes the calls for certificates and confirmations; what the message's own URLs must look like stays as it is. */
  baseUrl?: string | undefined;
}

/** A notification's own text, verified; else what the caller is told. */
export type SnsMessage = { status: "notification"; message: string } | FeedbackResult;

const forged: FeedbackResult = { status: "forged" };
const nothing: FeedbackResult = { status: "verified", feedback: [] };

/** Keys outlive a request; each client, of which a process has one, has its own. */
const certificates = new WeakMap<OutboundHttp, SnsCertificates>();

/** Verifies what came as from SNS, and confirms a subscription of the topic. Never throws. */
export async function readSnsMessage(
  settings: SnsSettings,
  request: FeedbackRequest,
  on: FeedbackEnvironment,
): Promise<SnsMessage> {
  const parsed = envelopeSchema.safeParse(parsedJson(request.rawBody));
  if (!parsed.success)
    return { status: "malformed", detail: "not a message of SNS (raw message delivery has to be off)" };
  const envelope = parsed.data;
  // before the certificate is fetched: whoever does not know the topic causes no call
  if (!isExpected(envelope, settings, request.now)) return forged;
  const url = certificateUrl(envelope.SigningCertURL);
  if (url === undefined) return forged;
  const found = await certificatesOf(on.http).keyOf(routed(url, settings.baseUrl), request.now);
  if (found.status === "unreachable") return { status: "unchecked", detail: "the certificate cannot be fetched" };
  if (found.status === "absent" || !isSigned(envelope, found.key)) return forged;
  if (envelope.Type === "Notification") return { status: "notification", message: envelope.Message };
  return envelope.Type === "SubscriptionConfirmation" ? confirm(envelope.SubscribeURL, settings, on) : nothing;
}

function isExpected({ TopicArn, Timestamp, SignatureVersion }: Envelope, settings: SnsSettings, now: number): boolean {
  const age = now - Date.parse(Timestamp);
  return (
    settings.feedbackTopicArn !== undefined &&
    TopicArn === settings.feedbackTopicArn &&
    (SignatureVersion === "2" || settings.feedbackSha1) &&
    age <= ageMsMax &&
    age >= -aheadMsMax
  );
}

function certificatesOf(http: OutboundHttp): SnsCertificates {
  const known = certificates.get(http) ?? new SnsCertificates(http);
  certificates.set(http, known);
  return known;
}

/** Undefined where it leads anywhere but to AWS's own SNS over https, on its own port. */
function snsUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain = url.protocol === "https:" && url.port === "" && url.username + url.password + url.hash === "";
  return plain && snsHost.test(url.hostname) ? url : undefined;
}

function certificateUrl(text: string): URL | undefined {
  const url = snsUrl(text);
  return url !== undefined && certificatePath.test(url.pathname) && url.search === "" ? url : undefined;
}

/** The URL as it is called: at AWS, or below the integration's `baseUrl`. */
function routed(url: URL, baseUrl: string | undefined): string {
  return (baseUrl ?? url.origin).replace(/\/+$/, "") + url.pathname + url.search;
}

async function confirm(text: string, settings: SnsSettings, on: FeedbackEnvironment): Promise<FeedbackResult> {
  const url = snsUrl(text);
  if (url?.searchParams.get("Action") !== "ConfirmSubscription") return forged;
  if (url.searchParams.get("TopicArn") !== settings.feedbackTopicArn) return forged;
  const response = await on.http.request({
    method: "GET",
    url: routed(url, settings.baseUrl),
    headers: {},
    timeoutMs: confirmTimeoutMs,
  });
  const taken = response.status === "response" && response.statusCode >= 200 && response.statusCode < 300;
  return taken ? nothing : { status: "unchecked", detail: "the subscription could not be confirmed" };
}
