import { z } from "zod";
import type { OutboundResponse, Outcome } from "../../ports/provider.ts";
import { type CodeTable, vendorFailure } from "../vendor-outcome.ts";

/** Ours: FCM has one code for all of a message's faults, and names the field beside it. */
const badToken = "INVALID_ARGUMENT.token";
/** Ours: of the two quotas that one code stands for, the one of a device. */
const deviceQuota = "QUOTA_EXCEEDED.device";
/** Where a 429 does not say when to come again (firebase.google.com, "Best practices when sending FCM messages at scale"). */
const quotaWaitMs = 60_000;

const integration = { kind: "transient", scope: "integration" } as const;

/**
 * By FcmError's `errorCode` (firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode), and by the status of google.rpc where an
 * answer has none.
 */
const fcmRefusals: CodeTable = {
  UNREGISTERED: { kind: "permanent", suppress: true },
  INVALID_ARGUMENT: { kind: "permanent" },
  [badToken]: { kind: "permanent", suppress: true },
  // it is a token of another project: as good as new for that one's integration, and perhaps it is ours that is wrong
  SENDER_ID_MISMATCH: { kind: "permanent" },
  QUOTA_EXCEEDED: integration,
  [deviceQuota]: { kind: "transient", scope: "message" },
  RESOURCE_EXHAUSTED: integration,
  UNAVAILABLE: integration,
  INTERNAL: integration,
  // the project's key for APNs, or its VAPID key
  THIRD_PARTY_AUTH_ERROR: integration,
  APNS_AUTH_ERROR: integration,
  UNAUTHENTICATED: integration,
  // an account without the right to send, or an API that is not switched on
  PERMISSION_DENIED: integration,
  // not the token, of which UNREGISTERED would tell: the project
  NOT_FOUND: integration,
  DEADLINE_EXCEEDED: integration,
  UNSPECIFIED_ERROR: { kind: "transient", attemptsMax: 3 },
};

const detailSchema = z.object({
  "@type": z.string().optional(),
  errorCode: z.string().optional(),
  fieldViolations: z.array(z.object({ field: z.string().optional() })).optional(),
  violations: z.array(z.object({ subject: z.string().optional(), description: z.string().optional() })).optional(),
});
const errorSchema = z.object({
  error: z.object({ status: z.string().optional(), details: z.array(z.unknown()).optional() }),
});

/** The code in an answer's body; undefined where it has none, as a 502 of Google's front is HTML. */
export function fcmCodeOf(body: unknown): string | undefined {
  const { data } = errorSchema.safeParse(body);
  if (data === undefined) return undefined;
  const details = (data.error.details ?? []).flatMap((detail) => detailSchema.safeParse(detail).data ?? []);
  const code = details.find(({ errorCode }) => errorCode !== undefined)?.errorCode ?? data.error.status;
  if (code === undefined || !/^[A-Z][A-Z_]{0,63}$/.test(code)) return undefined;
  const fields = details.flatMap(({ fieldViolations = [] }) => fieldViolations.map(({ field }) => field));
  if (code === "INVALID_ARGUMENT" && fields.includes("message.token")) return badToken;
  const quotas = details.flatMap(({ violations = [] }) => violations);
  const isDevice = quotas.some(({ subject = "", description = "" }) => /device/i.test(`${subject} ${description}`));
  return code === "QUOTA_EXCEEDED" && isDevice ? deviceQuota : code;
}

/** Undefined for 2xx. */
export function fcmFailure(response: OutboundResponse, nowMs: number): Outcome | undefined {
  const outcome = vendorFailure(response, nowMs, fcmRefusals, (body) => ({ code: fcmCodeOf(body) }));
  const mayWait = outcome?.status === "rejected" && outcome.kind === "transient" && outcome.retryAfterMs === undefined;
  const isQuota = response.status === "response" && response.statusCode === 429;
  return mayWait && isQuota ? { ...outcome, retryAfterMs: quotaWaitMs } : outcome;
}
