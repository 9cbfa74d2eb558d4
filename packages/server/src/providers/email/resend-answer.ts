import { z } from "zod";
import type { OutboundResponse, Outcome } from "../../ports/provider.ts";
import { codeOutcome, malformedAnswer, parsedJson, type VendorAnswer, vendorFailure } from "../vendor-outcome.ts";
import { resendErrors } from "./resend-codes.ts";

/** resend.com/docs/dashboard/emails/batch-sending: 100 mails per call, none with attachments. */
export const batchMax = 100;

const acceptedId = z.object({ id: z.string().min(1).max(200) });
/** In permissive mode `data` has the mails that were taken, in order, and `errors` the others by their place in the request. */
const batchSchema = z.object({
  data: z.array(acceptedId).max(batchMax),
  errors: z
    .array(z.object({ index: z.int().min(0).max(batchMax) }))
    .max(batchMax)
    .default([]),
});
const errorSchema = z.object({ name: z.string().regex(/^\w{1,60}$/), statusCode: z.number().nullish() });

export function readResendAnswer(response: OutboundResponse, now: number): Outcome {
  const failed = failure(response, now);
  if (failed !== undefined) return failed;
  const read = acceptedId.safeParse(response.status === "response" && parsedJson(response.body)).data;
  return read === undefined ? malformedAnswer : { status: "accepted", providerMessageId: read.id };
}

/** One outcome for each of a batch's mails, or the one of the whole call. */
export function readResendBatch(response: OutboundResponse, now: number, count: number): Outcome[] | Outcome {
  const failed = failure(response, now);
  if (failed !== undefined) return failed;
  const read = batchSchema.safeParse(response.status === "response" && parsedJson(response.body)).data;
  if (read === undefined) return malformedAnswer;
  const wrong = new Set(read.errors.map(({ index }) => index));
  if (read.data.length + wrong.size !== count || Math.max(...wrong) >= count) return malformedAnswer;
  const taken = read.data.values();
  return Array.from({ length: count }, (_, index) => {
    if (wrong.has(index)) return codeOutcome(resendErrors, "validation_error");
    const next = taken.next();
    return next.done === true ? malformedAnswer : { status: "accepted", providerMessageId: next.value.id };
  });
}

function failure(response: OutboundResponse, now: number): Outcome | undefined {
  const failed = vendorFailure(response, now, resendErrors, readResendError);
  if (failed?.status !== "rejected") return failed;
  // the key was used within 24 hours for a mail that reads otherwise now: that one was sent
  if (failed.code === "invalid_idempotent_request") return { status: "accepted" };
  // the first request with the key is still under way: what becomes of it is not known
  if (failed.code === "concurrent_idempotent_requests") return { status: "unknown", code: failed.code };
  return failed;
}

export function readResendError(body: unknown): VendorAnswer {
  const error = errorSchema.safeParse(body).data;
  const ofAccount = error?.name === "validation_error" && (error.statusCode === 401 || error.statusCode === 403);
  return { code: ofAccount ? String(error.statusCode) : error?.name };
}
