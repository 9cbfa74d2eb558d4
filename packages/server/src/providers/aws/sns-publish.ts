import type { OutboundResponse, Outcome, ProbeResult, ProviderEnvironment, SendContext } from "../../ports/provider.ts";
import { type CodeTable, malformedAnswer } from "../vendor-outcome.ts";
import { AwsClient } from "./account.ts";
import { awsFailure, elementOf, probed, type ToldApart } from "./refusal.ts";

type Account = ConstructorParameters<typeof AwsClient>[0];

const version = "2010-03-31";
const formType = "application/x-www-form-urlencoded";

/** Errors of Publish (docs.aws.amazon.com/sns/latest/api/API_Publish.html), by the codes that the query protocol gives them. */
const snsCodes: CodeTable = {
  AuthorizationError: { kind: "transient", scope: "integration" },
  // the number answered STOP, and AWS holds to it
  OptedOut: { kind: "permanent", suppress: true },
  // the device's token is dead: APNs or FCM said so to AWS
  EndpointDisabled: { kind: "permanent", suppress: true },
  endpoint_deleted: { kind: "permanent", suppress: true },
  NotFound: { kind: "permanent" },
  InvalidParameter: { kind: "permanent" },
  ParameterValueInvalid: { kind: "permanent" },
  InvalidParameterValue: { kind: "permanent" },
  UserError: { kind: "permanent" },
  // its certificate or key ended
  PlatformApplicationDisabled: { kind: "transient", scope: "integration" },
  InvalidSecurity: { kind: "transient", scope: "integration" },
  KMSAccessDenied: { kind: "transient", scope: "integration" },
  KMSDisabled: { kind: "transient", scope: "integration" },
  KMSInvalidState: { kind: "transient", scope: "integration" },
  KMSNotFound: { kind: "transient", scope: "integration" },
  KMSOptInRequired: { kind: "transient", scope: "integration" },
  KMSThrottling: { kind: "transient", scope: "integration", minimumMs: 1000 },
  Throttled: { kind: "transient", scope: "integration", minimumMs: 1000 },
  InternalError: { kind: "transient" },
};

const apart: readonly ToldApart[] = [
  // of a topic or a platform it would be the account's fault
  { code: "NotFound", says: /endpoint/i, name: "endpoint_deleted" },
  { code: "InvalidParameter", says: /no endpoint found/i, name: "endpoint_deleted" },
];

export interface SnsAttribute {
  type: "String" | "Number";
  value: string;
}

export interface SnsPublish {
  /** `PhoneNumber` or `TargetArn`. */
  to: Readonly<Record<string, string>>;
  message: string;
  structure?: "json";
  attributes: Readonly<Record<string, SnsAttribute>>;
}

/** Publish of SNS, over its query protocol. */
export class SnsPublisher {
  readonly #client: AwsClient;
  readonly #environment: ProviderEnvironment;

  constructor(account: Account, environment: ProviderEnvironment) {
    this.#client = new AwsClient(account, { host: "sns", name: "sns" }, environment);
    this.#environment = environment;
  }

  async publish({ to, message, structure, attributes }: SnsPublish, context: SendContext): Promise<Outcome> {
    const form = new URLSearchParams({ ...to, Message: message });
    if (structure !== undefined) form.set("MessageStructure", structure);
    for (const [index, [name, { type, value }]] of Object.entries(attributes).entries()) {
      const entry = `MessageAttributes.entry.${index + 1}`;
      form.set(`${entry}.Name`, name);
      form.set(`${entry}.Value.DataType`, type);
      form.set(`${entry}.Value.StringValue`, value);
    }
    const response = await this.#ask("Publish", form, context);
    return awsFailure(response, this.#environment.clock.now(), snsCodes, apart) ?? readAnswer(response);
  }

  /** An action that changes nothing tells whether the key works. */
  async probe(action: string, context: SendContext): Promise<ProbeResult> {
    const response = await this.#ask(action, new URLSearchParams(), context);
    return probed(response, this.#environment.clock.now(), `sns:${action}`);
  }

  #ask(action: string, form: URLSearchParams, context: SendContext): Promise<OutboundResponse> {
    form.set("Action", action);
    form.set("Version", version);
    return this.#client.call({ method: "POST", path: "/", contentType: formType, body: form.toString() }, context);
  }
}

function readAnswer(response: OutboundResponse): Outcome {
  const id = response.status === "response" ? elementOf(response.body, "MessageId") : undefined;
  return id !== undefined && /^[\w-]{1,100}$/.test(id)
    ? { status: "accepted", providerMessageId: id }
    : malformedAnswer;
}
