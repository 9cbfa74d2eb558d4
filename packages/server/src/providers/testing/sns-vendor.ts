import type { VendorReply } from "./http-vendor.ts";
import type { RecordedCall } from "./servers.ts";

/** The query protocol of SNS, as docs.aws.amazon.com/sns/latest/api describes it. */
const namespace = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';

/** Undefined for what is no form of it. */
export const snsAction = ({ body }: Pick<RecordedCall, "body">): string | undefined =>
  new URLSearchParams(body).get("Action") ?? undefined;

/** Parameters by name; attributes of the message by theirs, as `type value`. */
export function snsForm({ body }: Pick<RecordedCall, "body">): Record<string, string> {
  const given = new URLSearchParams(body);
  const form: Record<string, string> = {};
  for (const [name, value] of given) {
    const [, entry, last] = /^(MessageAttributes\.entry\.\d+\.)(.+)$/.exec(name) ?? [];
    if (entry === undefined) form[name] = value;
    else if (last === "Name")
      form[value] = `${given.get(`${entry}Value.DataType`)} ${given.get(`${entry}Value.StringValue`)}`;
  }
  return form;
}

const xml = (status: number, body: string): VendorReply & { body: string } => ({
  status,
  headers: { "content-type": "text/xml" },
  body,
});

export const snsSuccess = (messageId: string) =>
  xml(
    200,
    `<PublishResponse ${namespace}><PublishResult><MessageId>${messageId}</MessageId></PublishResult><ResponseMetadata><RequestId>d74b8436</RequestId></ResponseMetadata></PublishResponse>`,
  );

export const snsFault = (status: number, code: string, message = "Something") =>
  xml(
    status,
    `<ErrorResponse ${namespace}>\n  <Error>\n    <Type>Sender</Type>\n    <Code>${code}</Code>\n    <Message>${message}</Message>\n  </Error>\n  <RequestId>d74b8436</RequestId>\n</ErrorResponse>`,
  );
