import { hash } from "node:crypto";
import type { MessageReplied } from "@tidings/contract/recipient-webhooks";
import { parseProfile } from "../domain/recipient-view.ts";
import { recipientWebhook } from "../domain/recipient-webhook.ts";
import { TidingsError } from "../errors.ts";
import type { InboundMessage } from "../ports/provider.ts";
import type { RecipientRecord } from "../ports/store/orchestrate.ts";
import type { RecipientWebhook } from "../ports/store/recipient-webhooks.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Meaning } from "./keyword-meaning.ts";
import { iso } from "./views.ts";

type ReplyDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "ids" | "ingest">;

/** Channel that a message came in on. */
export const replyChannelOf = ({ channel = "sms" }: InboundMessage): "sms" | "chat" => channel;

/** Name of the event that tells of a reply. */
const replied = "message.replied";

/** Where a reply came in. */
export interface ReplyPlace {
  environmentId: number;
  integration: string;
}

/**
 * Accepts the event that tells of a reply, with what endpoints are told of it. Told again it is the same event, for as long as idempotency keys are kept, also where the number is another's by now.
 */
export async function tellReply(
  dependencies: ReplyDependencies,
  place: ReplyPlace,
  message: InboundMessage,
  recipients: readonly string[],
  keyword: Meaning | undefined,
): Promise<void> {
  const { environmentId, integration } = place;
  const { id, text, at } = message;
  const channel = replyChannelOf(message);
  const said = keyword === undefined ? {} : { keyword: keyword.word };
  const category = keyword?.category === undefined ? {} : { category: keyword.category.key };
  const data = { id, integration, channel, text, at: iso(Math.trunc(at)), ...said, ...category };
  const key = hash("sha256", JSON.stringify([replied, integration, id]), "hex");
  const keys = recipients.map((recipient) => ({ environmentId, id: recipient }));
  const records = await dependencies.store.loadRecipients({ keys, lane: "transactional" });
  const reply = {
    id,
    integration,
    channel,
    text,
    keyword: keyword?.word ?? "text",
    ...category,
  } as const;
  const webhooks = repliedWebhooks(dependencies, records, Math.trunc(at), reply);
  try {
    const event = { name: replied, recipients: [...recipients], data };
    await dependencies.ingest.accept(environmentId, event, key, undefined, webhooks);
  } catch (error) {
    if (!(error instanceof TidingsError && error.code === "idempotency_mismatch")) throw error;
  }
}

/** Each of those who have the number is told of: whose reply it is nobody can say. */
function repliedWebhooks(
  { ids, clock, keyring }: ReplyDependencies,
  records: readonly RecipientRecord[],
  happenedAt: number,
  data: Omit<MessageReplied, "recipient" | "tenant" | "at">,
): RecipientWebhook[] {
  return records.map(({ environmentId, id: recipient, wrappedKey, profile }) => {
    const { tenant } = parseProfile(profile);
    const subject = { id: ids.next(), environmentId, recipient, tenant, at: clock.now(), wrappedKey };
    return recipientWebhook({ ...subject, happenedAt, type: "message.replied", data }, keyring);
  });
}
