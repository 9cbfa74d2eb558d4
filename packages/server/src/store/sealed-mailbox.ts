import { channelSchema } from "@tidings/contract/words";
import { z } from "zod";
import { sealContext } from "../domain/event-payload.ts";
import { Batcher } from "../lib/batcher.ts";
import type { Keyring } from "../lib/keyring.ts";
import type { Mailbox, MailboxEntry } from "../ports/provider.ts";
import type { MaintenanceStore, SealedMail } from "../ports/store/maintenance.ts";

const inAppSchema = z.object({
  url: z.string().exactOptional(),
  imageUrl: z.string().exactOptional(),
  actions: z.array(z.object({ key: z.string(), label: z.string(), url: z.string().exactOptional() })).exactOptional(),
  data: z.record(z.string(), z.string()).exactOptional(),
});

const pushSchema = z.object({
  url: z.string().exactOptional(),
  imageUrl: z.string().exactOptional(),
  data: z.record(z.string(), z.string()).exactOptional(),
  badge: z.number().exactOptional(),
  sound: z.string().exactOptional(),
  collapseKey: z.string().exactOptional(),
});

const entrySchema = z.object({
  id: z.string(),
  messageId: z.string(),
  at: z.number(),
  to: z.string(),
  content: z.object({
    subject: z.string().exactOptional(),
    text: z.string().exactOptional(),
    html: z.string().exactOptional(),
    body: z.string().exactOptional(),
    attachments: z
      .array(z.object({ filename: z.string(), contentType: z.string(), bytes: z.number() }))
      .exactOptional(),
    inApp: inAppSchema.exactOptional(),
    push: pushSchema.exactOptional(),
    mediaUrls: z.array(z.string()).exactOptional(),
    stored: z
      .object({ ids: z.record(z.string(), z.string()), data: z.record(z.string(), z.unknown()) })
      .exactOptional(),
  }),
  channel: channelSchema,
});

/** The sandbox's mailbox in the store: every entry sealed with its environment's key, the newest `keep` of each kept. */
export class SealedMailbox implements Mailbox {
  readonly #store: Pick<MaintenanceStore, "listMail" | "findMail">;
  readonly #keyring: Keyring;
  readonly #appends: Batcher<SealedMail, true>;

  constructor(
    store: Pick<MaintenanceStore, "appendMail" | "listMail" | "findMail">,
    keyring: Keyring,
    limits: { mailsKeptMax: number; batchMax: number },
  ) {
    this.#store = store;
    this.#keyring = keyring;
    const append = async (mails: readonly SealedMail[]): Promise<true[]> => {
      await store.appendMail({ mails, keep: limits.mailsKeptMax });
      return mails.map(() => true);
    };
    this.#appends = new Batcher(append, { batchMax: limits.batchMax, openMax: 1 });
  }

  /** Resolves when all are durable. An entry whose id is there already changes nothing. */
  async append(environmentId: number, entries: readonly MailboxEntry[]): Promise<void> {
    const sealed = entries.map((entry): SealedMail => {
      const text = this.#keyring.sealForEnvironment(environmentId, sealContext.mail, JSON.stringify(entry));
      return { id: entry.id, environmentId, at: entry.at, sealed: text };
    });
    await Promise.all(sealed.map((mail) => this.#appends.submit(mail)));
  }

  async list(environmentId: number, limit: number): Promise<MailboxEntry[]> {
    const mails = await this.#store.listMail({ environmentId, limit });
    return mails.map((mail) => this.#open(mail));
  }

  async find(environmentId: number, id: string): Promise<MailboxEntry | undefined> {
    const mail = await this.#store.findMail({ environmentId, id });
    return mail === undefined ? undefined : this.#open(mail);
  }

  #open(mail: SealedMail): MailboxEntry {
    return entrySchema.parse(
      JSON.parse(this.#keyring.unsealForEnvironment(mail.environmentId, sealContext.mail, mail.sealed)),
    );
  }
}
