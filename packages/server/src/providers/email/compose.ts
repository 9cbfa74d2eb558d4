import { returnPathOf } from "../../domain/return-path.ts";
import type { OutboundMessage, Outcome, ProviderEnvironment } from "../../ports/provider.ts";
import { type Address, parseAddress } from "./address.ts";
import type { Envelope } from "./client/job.ts";
import { contentFault } from "./content-fault.ts";
import { readDkimKey } from "./dkim/key.ts";
import { type DkimSigner, signatures } from "./dkim/sign.ts";
import { unsubscribeHeaders } from "./list-unsubscribe.ts";
import { headerText } from "./mime/header.ts";
import { composeMail, type Mail } from "./mime/mail.ts";
import { Senders } from "./senders.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

/** What mails of one integration are made with. */
export interface Composer {
  settings: SmtpSettings;
  environment: ProviderEnvironment;
  senders: Senders;
  /** Their keys are opened once: from a PEM each time, a signature with RSA-2048 takes three times as long. */
  signers: readonly DkimSigner[];
}

export function createComposer(settings: SmtpSettings, environment: ProviderEnvironment): Composer {
  return { settings, environment, senders: new Senders(settings), signers: signersOf(settings) };
}

function signersOf({ dkim = [], dkimPrivateKey = "", dkimPrivateKey2 = "" }: SmtpSettings): DkimSigner[] {
  return dkim.map(({ domain, selector }, index) => {
    const read = readDkimKey(index === 0 ? dkimPrivateKey : dkimPrivateKey2);
    if ("fault" in read) throw new Error(`a DKIM key that was not validated: it ${read.fault}`);
    return { ...read, domain, selector };
  });
}

interface Composed {
  envelope: Envelope;
  messageId: string;
}

const refuse = (code: string, detail: string): Outcome => ({ status: "rejected", kind: "permanent", code, detail });

/**
 * A message as a server gets it: composed, signed, in its envelope; at once where nothing signs it. A refusal where its
 * address or content cannot be mailed.
 */
export function composeEnvelope(
  composer: Composer,
  message: OutboundMessage,
): Composed | Outcome | Promise<Composed | Outcome> {
  const { settings, environment, senders, signers } = composer;
  const to = parseAddress(message.to);
  if (to === undefined) return refuse("address_invalid", "not a mail address");
  const fault = contentFault(message);
  if (fault !== undefined) return refuse("content_invalid", fault);
  const unsubscribe = unsubscribeHeaders(message, settings);
  if (unsubscribe === undefined) return refuse("content_invalid", "a List-Unsubscribe that is too long");
  const from = senders.of(message.lane);
  // the same for every attempt: receivers drop the second copy of an attempt whose end we did not see
  const messageId = `<${message.id}@${from.address.domain}>`;
  const { subject, text, html, attachments = [] } = message.content;
  const now = environment.clock.now();
  const mail = composeMail({
    id: message.id,
    messageId,
    date: now,
    from,
    to: { name: "", address: to },
    replyTo: senders.replyTo,
    subject,
    text,
    html,
    attachments,
    headers: unsubscribe,
  });
  const needsSmtpUtf8 = [to, from.address, senders.replyTo?.address].some((address) => address?.needsSmtpUtf8 === true);
  const sender = returnPath(composer, message, from.address);
  const composed = (signed: Mail): Composed => ({
    envelope: { from: sender, to: to.text, text: textOf(signed), needsSmtpUtf8 },
    messageId,
  });
  return signers.length === 0 ? composed(mail) : withSignatures(mail, signers, now).then(composed);
}

/** Where bounces go (RFC 5321 §4.4): to an address of the message's own, where the settings say so. */
function returnPath({ settings, environment }: Composer, message: OutboundMessage, from: Address): string {
  if (settings.returnPath === undefined) return from.text;
  const address = parseAddress(settings.returnPath)?.text ?? from.text;
  return returnPathOf(address, environment.environmentId, message.id, environment.hash);
}

async function withSignatures(mail: Mail, signers: readonly DkimSigner[], at: number): Promise<Mail> {
  return { ...mail, headers: [...(await signatures(mail, signers, at)), ...mail.headers] };
}

function textOf({ headers, body }: Mail): string {
  let text = "";
  for (const header of headers) text += headerText(header);
  text += "\r\n";
  for (const piece of body) text += piece.text;
  return text;
}
