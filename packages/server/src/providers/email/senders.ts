import type { Lane } from "@tidings/contract/words";
import { type Mailbox, parseMailbox } from "./address.ts";
import type { MailSettings } from "./mail-settings.ts";

/** Who a mail is from, by lane: the settings alone say it, nothing of a message, template or tenant. */
export class Senders {
  readonly replyTo: Mailbox | undefined;
  readonly #default: Mailbox;
  readonly #lanes: Partial<Record<Lane, Mailbox>> = {};

  constructor({ from, replyTo }: Pick<MailSettings, "from" | "replyTo">) {
    const given = typeof from === "string" ? { default: from } : from;
    this.#default = validated(given.default);
    for (const lane of ["critical", "transactional", "marketing"] as const) {
      const own = given[lane];
      if (own !== undefined) this.#lanes[lane] = validated(own);
    }
    this.replyTo = replyTo === undefined ? undefined : validated(replyTo);
  }

  get default(): Mailbox {
    return this.#default;
  }

  of(lane: Lane): Mailbox {
    return this.#lanes[lane] ?? this.#default;
  }
}

function validated(text: string): Mailbox {
  const mailbox = parseMailbox(text);
  if (mailbox === undefined) throw new Error("a mailbox that was not validated");
  return mailbox;
}
