import { z } from "zod";
import type {
  OutboundMessage,
  OutboundResponse,
  Outcome,
  ProbeResult,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { baseUrlSchema } from "../base-url.ts";
import { malformedAnswer, parsedJson } from "../vendor-outcome.ts";
import { isApnsToken } from "./apns-request.ts";
import { FcmAccess } from "./fcm-access.ts";
import { readServiceAccount } from "./fcm-account.ts";
import { fcmMessage } from "./fcm-message.ts";
import { fcmCodeOf, fcmFailure } from "./fcm-refusals.ts";
import { addressInvalid } from "./options.ts";

const settingsSchema = z.strictObject({
  /** The JSON file of the service account, as text. */
  serviceAccount: z.string().refine((text) => readServiceAccount(text) !== undefined, {
    error: "must be the text of a service account's JSON file, with project_id, client_email and private_key",
  }),
  /** Where it is not the service account's own. */
  projectId: z
    .string()
    .regex(/^[a-z0-9.:-]{1,100}$/, { error: "must be the id of a Firebase project" })
    .optional(),
  baseUrl: baseUrlSchema.optional(),
});
type Settings = z.infer<typeof settingsSchema>;

const answerSchema = z.object({ name: z.string().min(1) });

type Answer = OutboundResponse | { status: "no_token"; outcome: Extract<Outcome, { status: "rejected" }> };

class Fcm implements Provider {
  /** A request carries one message (batches ended in 2024); many are under way at once on one connection. */
  readonly maxBatch = 1;
  readonly idempotent = false;
  readonly #environment: ProviderEnvironment;
  readonly #access: FcmAccess;
  readonly #url: string;

  constructor({ serviceAccount, projectId, baseUrl }: Settings, environment: ProviderEnvironment) {
    const account = readServiceAccount(serviceAccount);
    if (account === undefined) throw new Error("the service account was not validated");
    this.#environment = environment;
    this.#access = new FcmAccess(account, environment);
    const base = (baseUrl ?? "https://fcm.googleapis.com").replace(/\/+$/, "");
    this.#url = `${base}/v1/projects/${projectId ?? account.project_id}/messages:send`;
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#sendOne(message, context)));
  }

  /** To a topic of nobody, and only to be looked at. */
  async probe(context: SendContext): Promise<ProbeResult> {
    const answer = await this.#post({ validate_only: true, message: { topic: "tidings-probe" } }, context);
    if (answer.status === "no_token") return failedProbe(answer.outcome);
    const failure = fcmFailure(answer, this.#environment.clock.now());
    return failure === undefined || failure.status === "accepted" ? { status: "ok" } : failedProbe(failure);
  }

  async close(): Promise<void> {}

  async #sendOne(message: OutboundMessage, context: SendContext): Promise<Outcome> {
    if (!isFcmToken(message.to)) return addressInvalid("not a registration token");
    const { clock } = this.#environment;
    const answer = await this.#post({ message: fcmMessage(message, clock.now()) }, context);
    if (answer.status === "no_token") return answer.outcome;
    const failure = fcmFailure(answer, clock.now());
    if (failure !== undefined || answer.status !== "response") return failure ?? malformedAnswer;
    const { data } = answerSchema.safeParse(parsedJson(answer.body));
    return data === undefined ? malformedAnswer : { status: "accepted", providerMessageId: data.name };
  }

  /** With the token at hand, and once more with another where that is not taken: such a request was not either. */
  async #post(request: object, { timeoutMs, trace }: SendContext): Promise<Answer> {
    const { clock, http2 } = this.#environment;
    const endsAt = clock.monotonic() + timeoutMs;
    const body = JSON.stringify(request);
    for (let isFirst = true; ; isFirst = false) {
      const access = await this.#access.token({ timeoutMs: endsAt - clock.monotonic(), trace });
      if (access.status === "failed") return { status: "no_token", outcome: access.outcome };
      const response = await http2.request({
        method: "POST",
        url: this.#url,
        headers: { authorization: `Bearer ${access.token}`, "content-type": "application/json" },
        body,
        timeoutMs: endsAt - clock.monotonic(),
        trace,
      });
      if (!isFirst || !isTokenRefused(response)) return response;
      this.#access.drop(access.token);
    }
  }
}

/** 401 is said of the project's own keys at Apple as well. */
const isTokenRefused = (response: OutboundResponse): boolean =>
  response.status === "response" &&
  response.statusCode === 401 &&
  !["THIRD_PARTY_AUTH_ERROR", "APNS_AUTH_ERROR"].includes(fcmCodeOf(parsedJson(response.body)) ?? "");

const failedProbe = (outcome: Exclude<Outcome, { status: "accepted" }>): ProbeResult => ({
  status: "failed",
  code: outcome.code,
  detail: outcome.detail ?? "FCM does not take the account",
});

/** Opaque to us: what is no token of APNs, no subscription of a browser, and no endpoint of SNS. */
const isFcmToken = (to: string): boolean => !isApnsToken(to) && /^(?!arn:)[!-z|~]{1,4096}$/.test(to);

/** Android, iOS and web applications, over Firebase Cloud Messaging's HTTP v1 API with a service account. */
export const fcm: ProviderDefinition<Settings> = {
  name: "fcm",
  channels: ["push"],
  schema: settingsSchema,
  secretNames: ["serviceAccount"],
  serves: isFcmToken,
  create: (settings, environment) => new Fcm(settings, environment),
};
