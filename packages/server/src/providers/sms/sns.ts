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
import { type SnsAttribute, SnsPublisher } from "../aws/sns-publish.ts";

/** docs.aws.amazon.com/sns/latest/api/API_Publish.html: of all parts of one message together. */
const textMax = 1600;
const phoneNumber = /^\+[1-9]\d{6,14}$/;

const settingsSchema = z.strictObject({
  ...awsAccount,
  /** What the phone shows as sender, in countries that allow it. */
  senderId: z
    .string()
    .regex(/^(?=.*[A-Za-z])[A-Za-z0-9]{1,11}$/, {
      error: "must be 1 to 11 letters and digits, with a letter among them",
    })
    .optional(),
  /** A number of the account's own, in E.164 form or short. */
  originationNumber: z
    .string()
    .regex(/^\+?\d{3,15}$/, { error: "must be a number of the account" })
    .optional(),
  /** US dollars; a message that costs more is not sent by AWS. */
  maxPrice: z.number().min(0.0001).max(100).optional(),
});
type Settings = z.infer<typeof settingsSchema>;

const refuse = (code: string, detail: string): Outcome => ({ status: "rejected", kind: "permanent", code, detail });

class SnsSms implements Provider {
  readonly maxBatch = 1;
  readonly idempotent = false;
  readonly #settings: Settings;
  readonly #publisher: SnsPublisher;

  constructor(settings: Settings, environment: ProviderEnvironment) {
    this.#settings = settings;
    this.#publisher = new SnsPublisher(settings, environment);
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#sendOne(message, context)));
  }

  probe(context: SendContext) {
    return this.#publisher.probe("GetSMSAttributes", context);
  }

  async close(): Promise<void> {}

  async #sendOne({ to, content, lane }: OutboundMessage, context: SendContext): Promise<Outcome> {
    const { text = "", mediaUrls = [] } = content;
    if (!phoneNumber.test(to)) return refuse("address_invalid", "not a number in E.164 form");
    if (mediaUrls.length > 0) return refuse("content_invalid", "SNS sends no pictures");
    if (text === "") return refuse("content_invalid", "no text");
    if (text.length > textMax) return refuse("content_invalid", `more than ${textMax} characters`);
    const attributes = this.#attributesFor(lane);
    return this.#publisher.publish({ to: { PhoneNumber: to }, message: text, attributes }, context);
  }

  /** docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html */
  #attributesFor(lane: OutboundMessage["lane"]): Record<string, SnsAttribute> {
    const { senderId, originationNumber, maxPrice } = this.#settings;
    const text = (value: string): SnsAttribute => ({ type: "String", value });
    return {
      // "Promotional" is cheaper and comes later; without it the account's default would hold for a password reset too
      "AWS.SNS.SMS.SMSType": text(lane === "marketing" ? "Promotional" : "Transactional"),
      ...(senderId === undefined ? {} : { "AWS.SNS.SMS.SenderID": text(senderId) }),
      ...(originationNumber === undefined ? {} : { "AWS.MM.SMS.OriginationNumber": text(originationNumber) }),
      ...(maxPrice === undefined ? {} : { "AWS.SNS.SMS.MaxPrice": { type: "Number", value: String(maxPrice) } }),
    };
  }
}

/** SMS by Amazon SNS. AWS reports delivery to CloudWatch Logs alone, so nothing comes back here. */
export const snsSms: ProviderDefinition<Settings> = {
  name: "sns",
  channels: ["sms"],
  schema: settingsSchema,
  secretNames: awsSecrets,
  // numbers of AWS answer STOP, START and HELP themselves, and Publish says OptedOut from then on
  answersKeywords: true,
  create: (settings, environment) => new SnsSms(settings, environment),
};
