import type { WebhookType } from "@tidings/contract/webhooks";
import type { MessageState } from "@tidings/contract/words";
import { deriveId, timeOfId } from "../../lib/ids.ts";
import { webhookStateCode, webhookTypeCode } from "../sql/codes.ts";
import { integer, text, textOrNull } from "../sql/columns.ts";
import { typeOfState, typesOf } from "../sql/webhook-types.ts";
import type { Session } from "./session.ts";

interface Endpoint {
  id: string;
  types: ReadonlySet<WebhookType> | undefined;
  tenant: string;
}

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
    const rows = await sql.all("select id, environment_id, types, tenant from webhook where enabled = 1 order by id");
    const found = new Map<number, Endpoint[]>();
    for (const row of rows) {
      const environmentId = integer(row, "environment_id");
      const own = found.get(environmentId) ?? [];
      found.set(environmentId, own);
      const types = typesOf(textOrNull(row, "types"));
      own.push({
        id: text(row, "id"),
        types: types === null ? undefined : new Set(types),
        tenant: text(row, "tenant"),
      });
    }
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

  /** This call wrote an endpoint: once it is committed, the endpoints are read anew. */
  changed(): void {
    this.#wroteEndpoint = true;
  }

  /** After the commit, and after a rollback, which may have taken back what was read. */
  ended(): void {
    if (this.#wroteEndpoint) this.endpoints.forget();
  }

  async write(sql: Session): Promise<void> {
    if (this.#changes.length === 0) return;
    if (this.#wroteEndpoint) this.endpoints.forget();
    const endpoints = await this.endpoints.read(sql);
    if (endpoints.size === 0) return;
    const rows = this.#changes.flatMap((change) => rowsOf(change, endpoints.get(change.environmentId) ?? []));
    if (rows.length === 0) return;
    await sql.run(
      `insert into webhook_delivery (id, webhook_id, environment_id, message_id, type, state, at, due_at, attempts, tries)
       select id, webhook_id, environment_id, message_id, type, ${webhookStateCode.waiting}, at, at, 0, 0
       from json_to_recordset($1) as r (id text, webhook_id text, environment_id int, message_id text, type smallint, at bigint)
       on conflict do nothing`,
      JSON.stringify(rows),
    );
  }
}

function rowsOf({ environmentId, tenant, messageId, type, at }: Change, endpoints: readonly Endpoint[]) {
  return endpoints
    .filter((endpoint) => endpoint.tenant === "" || endpoint.tenant === tenant)
    .filter(({ types }) => types === undefined || types.has(type))
    .map(({ id: webhookId }) => ({
      id: deriveId(timeOfId(messageId), "webhook", webhookId, messageId, type),
      webhook_id: webhookId,
      environment_id: environmentId,
      message_id: messageId,
      type: webhookTypeCode[type],
      at,
    }));
}
