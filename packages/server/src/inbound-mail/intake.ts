import { happenedAt } from "../domain/inbound-mail/happened-at.ts";
import type { InboundResult, UnreadableReason } from "../domain/inbound-mail/inbound-result.ts";
import { firstNamed, judgeMail } from "../domain/inbound-mail/judge-mail.ts";
import { type MailParts, reportTypeOf } from "../domain/inbound-mail/mail-parts.ts";
import { dmarcPart } from "./dmarc/report-part.ts";
import { takeDmarc } from "./dmarc/take-dmarc.ts";
import type { InboundMail, IntakeParts } from "./ports.ts";
import { readMail } from "./read-mail.ts";

/**
 * What came in by mail, by whatever way. The promise resolves once all that the mail tells is durable, and rejects where it could
 * not be made so: who brought it brings it again, which changes nothing where it was durable after all.
 */
export class MailIntake {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  async take(mail: InboundMail): Promise<InboundResult> {
    const result = await this.#judge(mail);
    this.#parts.onMail(mail.way, result);
    return result;
  }

  /** Whether mail to this address tells something: it is one that we made, or one for reports. */
  expects(address: string): boolean {
    return firstNamed([address], this.#parts.hash) !== undefined || this.#parts.reportsOf(address) !== undefined;
  }

  async #judge(mail: InboundMail): Promise<InboundResult> {
    const { hash, report } = this.#parts;
    const read = await readMail(mail.raw);
    if (read.status === "unreadable") return this.#unreadable(mail, read.reason);
    const taken = await this.#dmarc(mail, read.mail);
    if (taken !== undefined) return taken;
    const finding = judgeMail({ mail: read.mail, recipients: mail.recipients, hash });
    if (finding.result === "unreadable") return this.#unreadable(mail, finding.reason);
    if (finding.result !== "told") return finding.result;
    const { named, kind, code } = finding;
    const at = happenedAt(read.mail, mail.receivedAt);
    await report(named.environmentId, [{ messageId: named.messageId, kind, at, ...(code === "" ? {} : { code }) }]);
    return kind;
  }

  /** Undefined for what is no such report, or did not come to an address for them. */
  async #dmarc(mail: InboundMail, parts: MailParts): Promise<InboundResult | undefined> {
    const environmentId = this.#reportsOf(mail);
    const part = environmentId === undefined || reportTypeOf(parts) !== "" ? undefined : dmarcPart(parts);
    if (environmentId === undefined || part === undefined) return undefined;
    const taken = await takeDmarc(this.#parts, environmentId, part);
    return "reason" in taken ? this.#unreadable(mail, taken.reason) : taken.result;
  }

  async #unreadable({ recipients, way, raw }: InboundMail, reason: UnreadableReason): Promise<InboundResult> {
    const { hash, clock, store, newId, limits } = this.#parts;
    const named = firstNamed(recipients, hash);
    const environmentId = named?.environmentId ?? this.#reportsOf({ recipients });
    if (environmentId === undefined) return "unsigned";
    await store.keepUnreadableMail({
      environmentId,
      id: newId(),
      at: clock.now(),
      way,
      reason,
      bytes: raw.length,
      messageId: named?.messageId ?? null,
      keptMax: limits.unreadableKeptMax,
    });
    return "unreadable";
  }

  #reportsOf({ recipients }: Pick<InboundMail, "recipients">): number | undefined {
    for (const address of recipients) {
      const environmentId = this.#parts.reportsOf(address);
      if (environmentId !== undefined) return environmentId;
    }
    return undefined;
  }
}
