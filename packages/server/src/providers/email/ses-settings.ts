import { z } from "zod";
import { awsAccount } from "../aws/account.ts";
import { parseMailbox } from "./address.ts";
import { mailFields, oneClickFault, oneClickIsThere } from "./mail-settings.ts";

const arn = (service: string, text: string) =>
  z
    .string()
    .max(300)
    .regex(new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:[\\x21-\\x7e]+$`), {
      error: `must be the ARN of ${text}`,
    });

export const sesSchema = z
  .strictObject({
    ...awsAccount,
    ...mailFields,
    /** Without one, SES publishes no events about our mail. */
    configurationSet: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: "must be the name of a configuration set" })
      .optional(),
    /** Of an identity of another account that lets this one send from it. */
    fromArn: arn("ses", "an identity").optional(),
    /** Whether several mails go out in one call of SendBulkEmail. */
    bulk: z.boolean().default(true),
    /** The topic whose messages are believed as reports. */
    feedbackTopicArn: arn("sns", "a topic").optional(),
    feedbackSha1: z.boolean().default(false),
  })
  .refine(oneClickIsThere, oneClickFault)
  .refine(({ from, replyTo }) => mailboxes(from, replyTo).every(isTaken), {
    error: "SES takes addresses in ASCII before the @ alone",
    path: ["from"],
  });
export type SesSettings = z.infer<typeof sesSchema>;

function mailboxes(from: string | Record<string, string | undefined>, replyTo: string | undefined): string[] {
  const senders = typeof from === "string" ? [from] : Object.values(from);
  return [...senders, replyTo].filter((each) => each !== undefined);
}

/** It does not speak SMTPUTF8 (docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html). */
const isTaken = (text: string): boolean => parseMailbox(text)?.address.needsSmtpUtf8 === false;
