import type { WebhookType } from "@tidings/contract/webhooks";
import type { MessageState } from "@tidings/contract/words";
import { deriveId, timeOfId } from "../../lib/ids.ts";
import { webhookStateCode, webhookTypeCode } from "../sql/codes.ts";
import { integer, text, textOrNull } from "../sql/columns.ts";
import { typeOfState, typesOf } from "../sql/webhook-types.ts";
import type { Database } from "./database.ts";

interface Endpoint {
  id: string;
  types: ReadonlySet<WebhookType> | undefined;
  tenant: string;
}

const insertSql = `insert into webhook_delivery (id, webhook_id, environment_id, message_id, type, state, at, due_at, attempts, tries)
  values (?, ?, ?, ?, ?, ${webhookStateCode.waiting}, ?, ?, 0, 0) on conflict do nothing`;

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
    for (const endpoint of endpoints) {
      if (endpoint.tenant !== "" && endpoint.tenant !== tenant) continue;
      if (endpoint.types !== undefined && !endpoint.types.has(type)) continue;
      const id = deriveId(timeOfId(messageId), "webhook", endpoint.id, messageId, type);
      this.#database.run(insertSql, id, endpoint.id, environmentId, messageId, webhookTypeCode[type], at, at);
    }
  }

  #read(): Map<number, Endpoint[]> {
    const endpoints = new Map<number, Endpoint[]>();
    for (const row of this.#database.all("select id, environment_id, types, tenant from webhook where enabled = 1")) {
      const environmentId = integer(row, "environment_id");
      const own = endpoints.get(environmentId) ?? [];
      endpoints.set(environmentId, own);
      const types = typesOf(textOrNull(row, "types"));
      own.push({
        id: text(row, "id"),
        types: types === null ? undefined : new Set(types),
        tenant: text(row, "tenant"),
      });
    }
    this.#endpoints = endpoints;
    return endpoints;
  }
}
