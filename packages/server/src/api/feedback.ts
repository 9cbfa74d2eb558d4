import { feedbackQuerySchema } from "@tidings/contract/machines";
import type { FastifyInstance } from "fastify";
import { TidingsError } from "../errors.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Environments } from "./environments.ts";
import { takeInbound } from "./inbound.ts";
import { parameter, valid } from "./validation.ts";

/** Environment of an integration whose URL names none. */
const environmentDefault = "development";

type FeedbackDependencies = Pick<
  ApiDependencies,
  | "feedback"
  | "verifyFeedback"
  | "answersKeywords"
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
 * provider before anything in it is believed. 200 follows the commit, so a provider that got none sends it again.
 */
export async function registerFeedback(
  app: FastifyInstance,
  dependencies: FeedbackDependencies,
  environments: Environments,
) {
  const { feedback, verifyFeedback, clock, limits } = dependencies;
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
          headers: request.headers,
          rawBody,
          now: clock.now(),
        });
        if (result === undefined) throw new TidingsError("not_found");
        if (result.status === "forged")
          throw new TidingsError("unauthorized", { detail: "The signature does not fit" });
        if (result.status === "malformed") {
          throw new TidingsError("validation_failed", { faults: [{ path: "", message: result.detail }] });
        }
        const accepted = await feedback.report(environmentId, result.feedback);
        const heard = await takeInbound(dependencies, { environmentId, integration }, result.inbound ?? []);
        return reply.send({ accepted: accepted + heard });
      },
    );
  });
}
