import type { Lane } from "@tidings/contract/words";
import type { AttemptOutcome } from "../../ports/store/deliver.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { MessageRow } from "../../ports/store/log.ts";
import type { NewMessage, NewRun } from "../../ports/store/orchestrate.ts";
import type { Store } from "../../ports/store/store.ts";
import type { WebhookRow, WebhookWrite } from "../../ports/store/webhooks.ts";
import type { SqlRow } from "../sql/columns.ts";
import { type AttemptFields, type MessageFields, Rows } from "./rows.conformance.ts";

/** An engine as a suite gets it. `reopen` gives the store as it is after a crash of its process. */
export interface StoreUnderTest {
  store: Store;
  close(): Promise<void>;
  reopen?(): Promise<Store>;
  /** Rows of `soft_bounce`, in order, where the suite can see them. */
  softBounces?: (environmentId: number) => Promise<SqlRow[]>;
}
export type OpenStore = () => Promise<StoreUnderTest>;
export type OpenCorner = () => Promise<Corner>;

const cornerMs = 20 * 86_400_000;
let corners = 0;

/**
 * A test's own part of a store that it shares with all tests of a suite: two environments of its own, and a time before
 * that of every test that ran earlier, so that nothing of those is due yet.
 */
export async function openCorner(store: Store): Promise<Corner> {
  corners += 1;
  const at = Date.UTC(2150, 0, 1) - corners * cornerMs;
  const environment = (name: string) =>
    store.createEnvironment({ key: `${name}_${corners}`, wrappedDataKey: "d", wrappedAddressKey: "a", createdAt: at });
  return new Corner(store, at, (await environment("own")).id, (await environment("other")).id);
}

/** The steps that bring a row to where a test begins, and what a test looks at then. */
export class Corner extends Rows {
  async accepted(over: Partial<NewEvent> = {}): Promise<NewEvent> {
    const event = this.event(over);
    await this.store.acceptEvents({ events: [event] });
    return event;
  }

  /** A message of an event of its own. */
  async queued(over: MessageFields = {}): Promise<NewMessage> {
    const [message] = await this.queuedAll([over]);
    if (message === undefined) throw new RangeError("nothing was queued");
    return message;
  }

  /** Messages of one event, which is done with them. */
  async queuedAll(overs: readonly MessageFields[]): Promise<NewMessage[]> {
    const { environmentId = this.environmentId, lane = "transactional", tenant = "" } = overs[0] ?? {};
    const event = await this.accepted({ environmentId, lane, tenant });
    const messages = overs.map((over) => this.message({ eventId: event.id, ...over }));
    await this.store.commitEvents({ turns: [this.turn(event, { messages })] });
    return messages;
  }

  /** A message whose first attempt has begun. */
  async sending(over: MessageFields = {}): Promise<NewMessage> {
    const message = await this.queued(over);
    await this.start(message);
    return message;
  }

  /** A message in the dead-letter queue. */
  async dead(over: MessageFields = {}, at = this.at): Promise<NewMessage> {
    const message = await this.queued(over);
    const after = { state: "dead" as const, reason: "template_failed", detail: "line 3" };
    await this.store.settleMessages({
      settlements: [{ environmentId: message.origin.environmentId, messageId: message.id, attempts: 0, at, after }],
    });
    return message;
  }

  /** A run that waits, of an event that is done. */
  async waiting(over: Partial<NewRun> = {}, messages: readonly MessageFields[] = []): Promise<NewRun> {
    const { lane = "transactional", tenant = "" } = over;
    const event = await this.accepted({ lane, tenant });
    const run = this.run({ eventId: event.id, ...over });
    const rows = messages.map((message) => this.message({ eventId: event.id, runId: run.id, ...message }));
    await this.store.commitEvents({ turns: [this.turn(event, { runs: [run], messages: rows })] });
    return run;
  }

  async start(message: NewMessage, over: AttemptFields = {}): Promise<string> {
    const [result] = await this.store.startAttempts({
      attempts: [this.attempt(message, over)],
      lane: message.origin.lane,
    });
    return result?.status ?? "none";
  }

  async record(message: NewMessage, over: Partial<AttemptOutcome> = {}): Promise<string> {
    const [result] = await this.store.recordOutcomes({
      outcomes: [this.outcome(message, over)],
      lane: message.origin.lane,
    });
    return result ?? "none";
  }

  /** The message as the log shows it. */
  async row(message: { id: string; environmentId?: number }): Promise<MessageRow> {
    const { environmentId = this.environmentId, id } = message;
    const row = await this.store.getMessage({ environmentId, id });
    if (row === undefined) throw new RangeError(`there is no message ${id}`);
    return row;
  }

  /** An enabled endpoint that wants all types of all tenants. */
  async webhook(over: Partial<WebhookWrite> = {}): Promise<WebhookRow> {
    const { environmentId } = this;
    const write = { id: this.id(), environmentId, description: "", types: null, tenant: "", enabled: true };
    const row = await this.store.createWebhook({
      ...write,
      sealed: "sealed",
      now: this.at,
      endpointsMax: 100,
      ...over,
    });
    if (row === undefined) throw new RangeError("there are too many webhooks");
    return row;
  }

  async dueMessages(
    over: { lane?: Lane; now?: number; limit?: number; node?: string; channel?: NewMessage["origin"]["channel"] } = {},
  ): Promise<string[]> {
    return this.store.dueMessages({
      lane: "transactional",
      channel: "email",
      now: this.at,
      limit: 1000,
      node: "here",
      ...over,
    });
  }
}

/** `count` of something. */
export function times<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
