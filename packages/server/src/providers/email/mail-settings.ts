import { z } from "zod";
import { parseMailbox } from "./address.ts";
import { unsubscribeFault } from "./list-unsubscribe.ts";

const control = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Text without what could end a header or a command. */
export const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !control.test(text), { error: "must not contain control characters" });

/** A value that `fault` has nothing to say about. */
export const sound = (schema: z.ZodString, fault: (text: string) => string | undefined) =>
  schema.superRefine((text, context) => {
    const message = fault(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const mailbox = line(500).refine((text) => parseMailbox(text) !== undefined, {
  error: "must be name@host or Display Name <name@host>",
});

/** Who mails are from, and how one leaves: the same for every way by which mail goes out. */
export const mailFields = {
  /** One sender for all, or one by lane. No message, template or tenant changes it. */
  from: z.union([
    mailbox,
    z.strictObject({
      default: mailbox,
      critical: mailbox.optional(),
      transactional: mailbox.optional(),
      marketing: mailbox.optional(),
    }),
  ]),
  replyTo: mailbox.optional(),
  /** With {recipient}, {message}, {category} and {tenant}; a POST to it unsubscribes (RFC 8058). */
  unsubscribeUrl: sound(line(500), (text) => unsubscribeFault(text, "https:")).optional(),
  unsubscribeMailto: sound(line(500), (text) => unsubscribeFault(text, "mailto:")).optional(),
  /** Whether transactional mail carries it too; marketing mail always does, critical mail never. */
  unsubscribeTransactional: z.boolean().default(false),
};

const mailSchema = z.object(mailFields);
export type MailSettings = z.infer<typeof mailSchema>;

/** For `refine`: the mailto alone would leave mail clients without their button. */
export const oneClickIsThere = ({
  unsubscribeUrl,
  unsubscribeMailto,
}: Pick<MailSettings, "unsubscribeUrl" | "unsubscribeMailto">): boolean =>
  unsubscribeUrl !== undefined || unsubscribeMailto === undefined;

export const oneClickFault = { error: "goes with unsubscribeUrl, which one click needs", path: ["unsubscribeMailto"] };
