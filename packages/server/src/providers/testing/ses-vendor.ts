import { expect } from "vitest";
import { z } from "zod";
import type { OutboundMessage, Outcome, SendContext } from "../../ports/provider.ts";
import { ses } from "../email/ses.ts";
import { outbound, testEnvironment } from "./environment.ts";
import { type HttpVendor, startVendor, type VendorReply } from "./http-vendor.ts";
import type { RecordedCall } from "./servers.ts";

export const account = {
  region: "eu-central-1",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI",
};
export const sesSettings = (more: object = {}) =>
  ses.schema.parse({ ...account, from: "Acme <noreply@acme.test>", ...more });

const nameValue = z.object({ Name: z.string(), Value: z.string() });
const tags = z.array(nameValue);
const part = z.object({ Data: z.string(), Charset: z.literal("UTF-8") });
const template = z.strictObject({
  TemplateName: z.string().optional(),
  TemplateContent: z.record(z.string(), z.string()).optional(),
  TemplateData: z.string(),
  Headers: tags.optional(),
  Attachments: z.array(z.record(z.string(), z.string())).optional(),
});
const shared = {
  FromEmailAddress: z.string(),
  ReplyToAddresses: z.array(z.string()).optional(),
  ConfigurationSetName: z.string().optional(),
  FromEmailAddressIdentityArn: z.string().optional(),
};
const destination = z.strictObject({ ToAddresses: z.array(z.string()).length(1) });
const singleSchema = z.strictObject({
  ...shared,
  Destination: destination,
  EmailTags: tags,
  Content: z.strictObject({
    Simple: z
      .strictObject({
        Subject: part,
        Body: z.strictObject({ Text: part.optional(), Html: part.optional() }),
        Headers: tags,
      })
      .optional(),
    Raw: z.strictObject({ Data: z.base64() }).optional(),
    Template: template.optional(),
  }),
});
const bulkSchema = z.strictObject({
  ...shared,
  DefaultContent: z.strictObject({ Template: template }),
  BulkEmailEntries: z
    .array(
      z.strictObject({
        Destination: destination,
        ReplacementTags: tags,
        ReplacementHeaders: tags,
        ReplacementEmailContent: z.strictObject({
          ReplacementTemplate: z.strictObject({ ReplacementTemplateData: z.string() }),
        }),
      }),
    )
    .min(2)
    .max(50),
});

export const singlePath = "/v2/email/outbound-emails";
export const bulkPath = "/v2/email/outbound-bulk-emails";
export const isBulk = ({ url }: RecordedCall): boolean => url === bulkPath;
export const singleOf = ({ body }: RecordedCall) => singleSchema.parse(JSON.parse(body));
export const bulkOf = ({ body }: RecordedCall) => bulkSchema.parse(JSON.parse(body));
export const idOf = (given: z.infer<typeof tags>): string =>
  given.find(({ Name }) => Name === "tidings-message")?.Value ?? expect.unreachable();

export function idsIn(call: RecordedCall): string[] | null {
  if (call.url !== singlePath && call.url !== bulkPath) return null;
  if (isBulk(call)) return bulkOf(call).BulkEmailEntries.map(({ ReplacementTags }) => idOf(ReplacementTags));
  return [idOf(singleOf(call).EmailTags)];
}

export const accepted = (call: RecordedCall): VendorReply => ({
  status: 200,
  body: isBulk(call)
    ? { BulkEmailEntryResults: (idsIn(call) ?? []).map((id) => ({ Status: "SUCCESS", MessageId: `ses-${id}` })) }
    : { MessageId: `ses-${idsIn(call)?.[0]}` },
});

export const fault = (status: number, type: string, message = "Something of jane@example.com"): VendorReply => ({
  status,
  headers: { "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/com.amazonaws.ses/` },
  body: { message },
});

/** SES, as its pages describe it; without the refusals. */
export const sesVendor: HttpVendor = {
  name: "ses",
  channel: "email",
  to: "jane@example.com",
  create: (baseUrl, environment) => ses.create(sesSettings({ baseUrl }), environment),
  idsIn,
  accepted,
  transient: fault(500, "InternalServiceErrorException"),
  permanent: fault(400, "MessageRejected"),
  rateLimited: fault(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
  malformed: { status: 200, body: { Message: "fine" } },
  refusals: [],
};

export const sesContext = (timeoutMs = 10_000): SendContext => ({
  callId: "c",
  timeoutMs,
  signal: AbortSignal.timeout(timeoutMs),
});

/** The provider with a server in SES's place, which `cleanups` end. */
export async function sesWorld(
  cleanups: (() => Promise<unknown>)[],
  more: object = {},
  reply: (call: RecordedCall) => VendorReply = accepted,
) {
  const server = await startVendor(sesVendor, (call, response) => {
    const { status, body = "", headers } = reply(call);
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  const environment = testEnvironment();
  cleanups.push(server.close, environment.close);
  const subject = ses.create(sesSettings({ baseUrl: `http://127.0.0.1:${server.port}`, ...more }), environment);
  const send = (...batch: OutboundMessage[]): Promise<Outcome[]> => subject.send(batch, sesContext());
  return { ...server, subject, send };
}

export const sesMail = (changes: Partial<OutboundMessage> = {}, to = "jane@example.com") =>
  outbound("email", to, changes);
export const sesMails = (count: number, changes: Partial<OutboundMessage> = {}) =>
  Array.from({ length: count }, (_, index) => sesMail(changes, `jane${index}@example.com`));
