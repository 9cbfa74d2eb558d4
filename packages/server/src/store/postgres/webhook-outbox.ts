import type { WebhookType } from "@tidings/contract/webhooks";
import type { MessageState } from "@tidings/contract/words";
import { deriveId, timeOfId } from "../../lib/ids.ts";
import type { RecipientWebhook } from "../../ports/store/recipient-webhooks.ts";
import { webhookStateCode, webhookTypeCode } from "../sql/codes.ts";
import { type Endpoint, endpointsOf, endpointsSql, wanting } from "../sql/endpoints.ts";
import { typeOfState } from "../sql/webhook-types.ts";
import { insertInLine } from "./calls/webhook-line.ts";
import type { Session } from "./session.ts";

/** Endpoints are read anew after so long, ms: other processes write them too. */
const staleMs = 400;

/** The enabled endpoints by environment, as this process knows them. */
export class Endpoints {
  #byEnvironment: ReadonlyMap<number, readonly Endpoint[]> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #from = 0;
  #forgotten = 0;

  /** An endpoint may have changed. */
  forget(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
    this.#forgotten += 1;
  }

  async read(sql: Session): Promise<ReadonlyMap<number, readonly Endpoint[]>> {
    if (performance.now() - this.#readAt < staleMs) return this.#byEnvironment;
    const readAt = performance.now();
    const forgotten = this.#forgotten;
    const found = endpointsOf(await sql.all(endpointsSql));
    // One that was written meanwhile may be missing: what was read serves this call alone.
    if (forgotten === this.#forgotten) {
      this.#byEnvironment = found;
      this.#readAt = readAt;
    }
    return found;
  }

  /** Ids of so many enabled endpoints; where there are more, each call goes on behind the last one. */
  async next(sql: Session, max: number): Promise<string[]> {
    const ids = [...(await this.read(sql)).values()].flatMap((own) => own.map(({ id }) => id));
    if (ids.length <= max) return ids;
    const from = this.#from % ids.length;
    this.#from = from + max;
    return [...ids.slice(from), ...ids.slice(0, from)].slice(0, max);
  }
}

interface Change {
  environmentId: number;
  tenant: string;
  messageId: string;
  type: WebhookType;
  at: number;
}

/** What is to be told of the changes that one call makes: gathered, and written before its commit in one statement. */
export class WebhookOutbox {
  readonly endpoints: Endpoints;
  readonly #changes: Change[] = [];
  readonly #ofRecipients: RecipientWebhook[] = [];
  #wroteEndpoint = false;

  constructor(endpoints: Endpoints) {
    this.endpoints = endpoints;
  }

  /** The message is in this state since `at`. */
  state(environmentId: number, tenant: string, messageId: string, state: MessageState, at: number): void {
    const type = typeOfState[state];
    if (type !== undefined) this.event(environmentId, tenant, messageId, type, at);
  }

  /** What happened to the message beside its state. */
  event(environmentId: number, tenant: string, messageId: string, type: WebhookType, at: number): void {
    this.#changes.push({ environmentId, tenant, messageId, type, at });
  }

  /** What happened to a recipient: it stands behind all that an endpoint has yet to be told of them. */
  recipient(webhook: RecipientWebhook): void {
    this.#ofRecipients.push(webhook);
  }

  /** This call wrote an endpoint: once it is committed, the endpoints are read anew. */
  changed(): void {
    this.#wroteEndpoint = true;
  }

  /** After the commit, and after a rollback, which may have taken back what was read. */
  ended(): void {
    if (this.#wroteEndpoint) this.endpoints.forget();
  }

  async write(sql: Session): Promise<void> {
    if (this.#changes.length + this.#ofRecipients.length === 0) return;
    if (this.#wroteEndpoint) this.endpoints.forget();
    const endpoints = await this.endpoints.read(sql);
    if (endpoints.size === 0) return;
    const rows = this.#changes.flatMap((change) => rowsOf(change, endpoints.get(change.environmentId) ?? []));
    if (rows.length > 0) await sql.run(insertedSql, JSON.stringify(rows));
    const inLine = this.#ofRecipients.flatMap((webhook) =>
      wanting(endpoints.get(webhook.environmentId) ?? [], webhook.tenant, webhook.type).map(({ id: webhookId }) => ({
        ...webhook,
        id: deriveId(timeOfId(webhook.id), "webhook", webhookId, webhook.id),
        webhookId,
      })),
    );
    await insertInLine(sql, inLine);
  }
}
const insertedSql = `insert into webhook_delivery (id, webhook_id, environment_id, message_id, type, state, at, due_at, attempts, tries)
  select id, webhook_id, environment_id, message_id, type, ${webhookStateCode.waiting}, at, at, 0, 0
  from json_to_recordset($1) as r (id text, webhook_id text, environment_id int, message_id text, type smallint, at bigint)
  on conflict do nothing`;

function rowsOf({ environmentId, tenant, messageId, type, at }: Change, endpoints: readonly Endpoint[]) {
  return wanting(endpoints, tenant, type).map(({ id: webhookId }) => ({
    id: deriveId(timeOfId(messageId), "webhook", webhookId, messageId, type),
    webhook_id: webhookId,
    environment_id: environmentId,
    message_id: messageId,
    type: webhookTypeCode[type],
    at,
  }));
}
