import { createHash } from "node:crypto";
import { feedbackQuerySchema } from "@tidings/contract/machines";
import type { FastifyInstance } from "fastify";
import { onceUntil } from "../domain/feedback-once.ts";
import { TidingsError } from "../errors.ts";
import type { FeedbackResult } from "../ports/provider.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Environments } from "./environments.ts";
import { takeInbound } from "./inbound.ts";
import type { ReplyPlace } from "./inbound-reply.ts";
import { endReported } from "./reported-unsubscribes.ts";
import { parameter, valid } from "./validation.ts";

/** Environment of an integration whose URL names none. */
const environmentDefault = "development";

type FeedbackDependencies = Pick<
  ApiDependencies,
  | "feedback"
  | "verifyFeedback"
  | "answersKeywords"
  | "optOut"
  | "clock"
  | "limits"
  | "store"
  | "keyring"
  | "ids"
  | "configuration"
  | "ingest"
>;

/**
 * What providers report. The caller has no key of ours: the body, exactly as it came, is verified by the integration's
 * provider before anything in it is believed. 200 follows all commits, so a provider that got none sends it again.
 */
export async function registerFeedback(
  app: FastifyInstance,
  dependencies: FeedbackDependencies,
  environments: Environments,
) {
  const { feedback, verifyFeedback, clock, limits, optOut } = dependencies;
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, bytes, done) => done(null, bytes));
    scope.post(
      "/v1/feedback/:integration",
      { bodyLimit: limits.feedbackBodyBytesMax, config: { operation: "reportFeedback" } },
      async (request, reply) => {
        const { environment = environmentDefault } = valid(feedbackQuerySchema, request.query);
        const environmentId = await environments.idOf(environment);
        const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const integration = parameter(request, "integration");
        const result = await verifyFeedback(environmentId, integration, {
          url: optOut.publicUrl() + request.url,
          headers: request.headers,
          rawBody,
          now: clock.now(),
        });
        if (result === undefined) throw new TidingsError("not_found");
        const verified = believed(result, limits.retryAfterSeconds);
        if (verified.once !== undefined) await useOnce(dependencies, { environmentId, integration }, verified.once);
        const accepted = await feedback.report(environmentId, verified.feedback);
        await endReported(dependencies, environmentId, verified.feedback);
        const heard = await takeInbound(dependencies, { environmentId, integration }, verified.inbound ?? []);
        if (verified.answer !== undefined) return reply.type(verified.answer.contentType).send(verified.answer.body);
        return reply.send({ accepted: accepted + heard });
      },
    );
  });
}

type Verified = Extract<FeedbackResult, { status: "verified" }>;

function believed(result: FeedbackResult, retryAfterSeconds: number): Verified {
  switch (result.status) {
    case "verified":
      return result;
    case "forged":
      throw new TidingsError("unauthorized", { detail: "The signature does not fit" });
    case "malformed":
      throw new TidingsError("validation_failed", { faults: [{ path: "", message: result.detail }] });
    case "unchecked":
      throw new TidingsError("overloaded", { detail: result.detail, retryAfterSeconds });
  }
}

/**
 * A signature that does not cover the body fits any: it holds for the first that came with it, and for that again, as where the
 * vendor had no answer. Claimed before anything is recorded: a crash in between is made up for by the same call again.
 */
async function useOnce(
  { store, keyring, clock }: Pick<ApiDependencies, "store" | "keyring" | "clock">,
  { environmentId, integration }: ReplyPlace,
  { key, body, toleranceMs }: NonNullable<Verified["once"]>,
): Promise<void> {
  const hash = (...parts: string[]) => keyring.hash(environmentId, "feedback once", ...parts);
  const now = clock.now();
  const isFirst = await store.claimOnce({
    environmentId,
    keyHash: hash("key", integration, key),
    bodyHash: hash("body", createHash("sha256").update(body).digest("hex")),
    now,
    expiresAt: onceUntil(now, toleranceMs),
  });
  if (!isFirst) throw new TidingsError("signature_reused");
}
