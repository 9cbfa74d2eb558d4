import { lanes } from "@tidings/contract/words";
import type { MailSenderNames } from "../../ports/provider.ts";
import { dkimRecord } from "./dkim/record.ts";
import type { MailSettings } from "./mail-settings.ts";
import { Senders } from "./senders.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

type Sender = Pick<MailSettings, "from" | "replyTo">;

/** Of mail that a vendor signs, and whose bounces it takes itself. */
export function vendorMailSender(settings: Sender): MailSenderNames {
  return { from: fromDomains(settings), returnPath: undefined, dkim: [] };
}

/** Of mail that we sign. Bounces come to the sender's address where there is none for them. */
export function smtpMailSender(settings: SmtpSettings): MailSenderNames {
  const from = fromDomains(settings);
  const { returnPath, dkim = [], dkimPrivateKey, dkimPrivateKey2 } = settings;
  const keys = [dkimPrivateKey, dkimPrivateKey2];
  return {
    from,
    returnPath: returnPath?.slice(returnPath.lastIndexOf("@") + 1).toLowerCase() ?? from.default,
    dkim: dkim.flatMap(({ domain, selector }, index) => {
      const record = dkimRecord(keys[index] ?? "");
      return record === undefined ? [] : { domain: domain.toLowerCase(), selector, record };
    }),
  };
}

function fromDomains(settings: Sender): MailSenderNames["from"] {
  const senders = new Senders(settings);
  const given: Exclude<Sender["from"], string> =
    typeof settings.from === "string" ? { default: settings.from } : settings.from;
  const domains: MailSenderNames["from"] = { default: senders.default.address.domain.toLowerCase() };
  for (const lane of lanes)
    if (given[lane] !== undefined) domains[lane] = senders.of(lane).address.domain.toLowerCase();
  return domains;
}
