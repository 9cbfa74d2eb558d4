import type { WebhookType } from "@tidings/contract/webhooks";
import type { MessageState } from "@tidings/contract/words";
import { deriveId, timeOfId } from "../../lib/ids.ts";
import type { RecipientWebhook } from "../../ports/store/recipient-webhooks.ts";
import { webhookStateCode, webhookTypeCode } from "../sql/codes.ts";
import { type Endpoint, endpointsOf, endpointsSql, wanting, wantsType } from "../sql/endpoints.ts";
import { typeOfState } from "../sql/webhook-types.ts";
import type { Database } from "./database.ts";

const insertSql = `insert into webhook_delivery (id, webhook_id, environment_id, message_id, type, state, at, due_at, attempts, tries)
  values (?, ?, ?, ?, ?, ${webhookStateCode.waiting}, ?, ?, 0, 0) on conflict do nothing`;

/** Due where nothing of its line is open; else whatever settles the one in front makes it so. */
const inLineSql = `insert into webhook_delivery
    (id, webhook_id, environment_id, message_id, recipient, payload, type, state, at, due_at, place, attempts, tries)
  select ?1, ?2, ?3, '', ?4, ?5, ?6, ${webhookStateCode.waiting}, ?7, case when line.last is null then ?7 end, coalesce(line.last, 0) + 1, 0, 0
  from (select max(place) as last from webhook_delivery where webhook_id = ?2 and recipient = ?4 and place is not null) as line`;

/**
 * Transactional outbox: the call that changes a message writes what endpoints are to be told of it, in its own transaction.
 *
 * The enabled endpoints are kept in memory, so that where there are none a change costs one look at an empty map; they are
 * read anew after a call that wrote one, and after a rollback, which may have taken back what was read.
 */
export class WebhookOutbox {
  readonly #database: Database;
  #endpoints: Map<number, Endpoint[]> | undefined;
  #from = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The message is in this state since `at`. */
  state(environmentId: number, tenant: string, messageId: string, state: MessageState, at: number): void {
    const endpoints = (this.#endpoints ?? this.#read()).get(environmentId);
    const type = typeOfState[state];
    if (endpoints !== undefined && type !== undefined)
      this.#write(endpoints, environmentId, tenant, messageId, type, at);
  }

  /** What happened to the message beside its state. */
  event(environmentId: number, tenant: string, messageId: string, type: WebhookType, at: number): void {
    const endpoints = (this.#endpoints ?? this.#read()).get(environmentId);
    if (endpoints !== undefined) this.#write(endpoints, environmentId, tenant, messageId, type, at);
  }

  /** What happened to a recipient: it stands behind all that an endpoint has yet to be told of them. */
  recipient({ id, environmentId, recipient, tenant, type, at, payload }: RecipientWebhook): void {
    const endpoints = (this.#endpoints ?? this.#read()).get(environmentId);
    if (endpoints === undefined) return;
    for (const { id: webhookId } of wanting(endpoints, tenant, type)) {
      const own = deriveId(timeOfId(id), "webhook", webhookId, id);
      this.#database.run(inLineSql, own, webhookId, environmentId, recipient, payload, webhookTypeCode[type], at);
    }
  }

  /** Whether some endpoint of the environment wants the type. */
  wants(environmentId: number, type: WebhookType): boolean {
    const endpoints = (this.#endpoints ?? this.#read()).get(environmentId);
    return endpoints?.some((endpoint) => wantsType(endpoint, type)) === true;
  }

  /** Ids of so many enabled endpoints; where there are more, each call goes on behind the last one. */
  next(max: number): string[] {
    const ids = [...(this.#endpoints ?? this.#read()).values()].flatMap((own) => own.map(({ id }) => id));
    if (ids.length <= max) return ids;
    const from = this.#from % ids.length;
    this.#from = from + max;
    return [...ids.slice(from), ...ids.slice(0, from)].slice(0, max);
  }

  /** An endpoint may have changed. */
  forget(): void {
    this.#endpoints = undefined;
  }

  #write(
    endpoints: readonly Endpoint[],
    environmentId: number,
    tenant: string,
    messageId: string,
    type: WebhookType,
    at: number,
  ): void {
    for (const endpoint of wanting(endpoints, tenant, type)) {
      const id = deriveId(timeOfId(messageId), "webhook", endpoint.id, messageId, type);
      this.#database.run(insertSql, id, endpoint.id, environmentId, messageId, webhookTypeCode[type], at, at);
    }
  }

  #read(): Map<number, Endpoint[]> {
    this.#endpoints = endpointsOf(this.#database.all(endpointsSql));
    return this.#endpoints;
  }
}
