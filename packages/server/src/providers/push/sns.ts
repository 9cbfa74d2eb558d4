import { z } from "zod";
import type {
  OutboundMessage,
  Outcome,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { awsAccount, awsSecrets } from "../aws/account.ts";
import { SnsPublisher } from "../aws/sns-publish.ts";
import { platformOf, snsPush } from "./sns-payload.ts";

const settingsSchema = z.strictObject(awsAccount);
type Settings = z.infer<typeof settingsSchema>;

const refuse = (code: string, detail: string): Outcome => ({ status: "rejected", kind: "permanent", code, detail });

class SnsEndpoints implements Provider {
  readonly maxBatch = 1;
  readonly idempotent = false;
  readonly #publisher: SnsPublisher;
  readonly #environment: ProviderEnvironment;

  constructor(settings: Settings, environment: ProviderEnvironment) {
    this.#publisher = new SnsPublisher(settings, environment);
    this.#environment = environment;
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#sendOne(message, context)));
  }

  probe(context: SendContext) {
    return this.#publisher.probe("ListPlatformApplications", context);
  }

  async close(): Promise<void> {}

  async #sendOne(message: OutboundMessage, context: SendContext): Promise<Outcome> {
    const platform = platformOf(message.to);
    if (platform === undefined) return refuse("address_invalid", "not an endpoint of SNS");
    const push = snsPush(message, platform, this.#environment.clock.now());
    if ("fault" in push) return refuse("content_invalid", push.fault);
    return this.#publisher.publish({ to: { TargetArn: message.to }, structure: "json", ...push }, context);
  }
}

/**
 * Push by platform endpoints of Amazon SNS. A recipient's address is the endpoint's ARN, which the application makes with
 * CreatePlatformEndpoint.
 */
export const snsEndpoints: ProviderDefinition<Settings> = {
  name: "sns_push",
  channels: ["push"],
  schema: settingsSchema,
  secretNames: awsSecrets,
  serves: (to) => /^arn:aws[a-z-]*:sns:[^:]*:[^:]*:endpoint\//.test(to),
  create: (settings, environment) => new SnsEndpoints(settings, environment),
};
