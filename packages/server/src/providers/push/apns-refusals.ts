import { z } from "zod";
import type { OutboundMessage, OutboundResponse, Outcome } from "../../ports/provider.ts";
import { type CodeTable, vendorFailure } from "../vendor-outcome.ts";

const permanent = { kind: "permanent" } as const;
/** Key, topic or environment of the integration do not fit: nothing gets out by it. */
const misconfigured = { kind: "transient", scope: "integration" } as const;

/** Apple asks for at most one new token in 20 minutes. */
export const tokenRenewalMinMs = 1_200_000;

/** By `reason`: developer.apple.com, "Handling notification responses from APNs". */
export const apnsRefusals: CodeTable = {
  // 400
  BadCollapseId: permanent,
  BadDeviceToken: { ...permanent, suppress: true },
  BadExpirationDate: permanent,
  BadMessageId: permanent,
  BadPriority: permanent,
  BadTopic: misconfigured,
  // it is a token of another application: as good as new for an integration with that topic
  DeviceTokenNotForTopic: permanent,
  DuplicateHeaders: permanent,
  IdleTimeout: { kind: "transient" },
  InvalidPushType: permanent,
  MissingDeviceToken: permanent,
  MissingTopic: misconfigured,
  PayloadEmpty: permanent,
  TopicDisallowed: misconfigured,
  // 403
  BadCertificate: misconfigured,
  BadCertificateEnvironment: misconfigured,
  BadEnvironmentKeyIdInToken: misconfigured,
  // as it is sent in fact (swift-server-community/APNSwift#229)
  BadEnvironmentKeyInToken: misconfigured,
  ExpiredProviderToken: misconfigured,
  Forbidden: misconfigured,
  InvalidProviderToken: misconfigured,
  MissingProviderToken: misconfigured,
  UnrelatedKeyIdInToken: misconfigured,
  // 404, 405
  BadPath: permanent,
  MethodNotAllowed: permanent,
  // 410: whether it is suppressed is said by when that was
  ExpiredToken: permanent,
  Unregistered: permanent,
  // 413
  PayloadTooLarge: permanent,
  // 429
  TooManyProviderTokenUpdates: { ...misconfigured, minimumMs: tokenRenewalMinMs },
  TooManyRequests: { kind: "transient", scope: "message" },
  // 500, 503
  InternalServerError: { kind: "transient", scope: "integration" },
  ServiceUnavailable: { kind: "transient", scope: "integration" },
  Shutdown: { kind: "transient", scope: "integration" },
};

const bodySchema = z.object({ reason: z.string().regex(/^[A-Z][A-Za-z]{0,63}$/), timestamp: z.number().optional() });

export const reasonOf = (body: unknown): string | undefined => bodySchema.safeParse(body).data?.reason;

/** Undefined for 2xx. */
export function apnsFailure(
  response: OutboundResponse,
  { addressKnownSince }: Pick<OutboundMessage, "addressKnownSince">,
  nowMs: number,
): Outcome | undefined {
  let endedAt: number | undefined;
  const outcome = vendorFailure(response, nowMs, apnsRefusals, (body) => {
    endedAt = bodySchema.safeParse(body).data?.timestamp;
    return { code: reasonOf(body) };
  });
  if (outcome?.status !== "rejected" || response.status !== "response" || response.statusCode !== 410) return outcome;
  const { suppress: _, ...rest } = outcome;
  // `timestamp`, ms, says when the token had ended: the application may have got it anew since
  const isOver = endedAt !== undefined && addressKnownSince !== undefined && endedAt > addressKnownSince;
  return isOver ? { ...rest, suppress: true } : rest;
}
