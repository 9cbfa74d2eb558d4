import {
  type InboxSelection,
  inboxChangesQuerySchema,
  inboxQuerySchema,
  inboxSelectionSchema,
} from "@tidings/contract/inbox";
import { limits as contractLimits } from "@tidings/contract/limits";
import { keySchema } from "@tidings/contract/text";
import type { FastifyRequest } from "fastify";
import { type InboxOperation, inboxSubject } from "../../domain/inbox.ts";
import { TidingsError } from "../../errors.ts";
import type { InboxRead } from "../../ports/store/inbox.ts";
import { cursorOf, idPosition, positionOf } from "../cursor.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { body, idParameter, parameter, valid } from "../validation.ts";
import { tokenRefused } from "./access.ts";
import type { InboxToken } from "./token.ts";
import { changeView, headView, itemView, standOf } from "./view.ts";

type FeedDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "broadcast" | "inbox">;

/** Answers a route of the inbox; what it gives is sent as JSON. */
export type InboxHandler = (request: FastifyRequest, visitor: InboxToken) => Promise<unknown>;

/**
 * The inbox over HTTP, for who holds a recipient's token. Every store call carries the token's generation, so that a
 * revoked one is refused by the transaction itself.
 */
export class InboxFeed {
  readonly #on: FeedDependencies;
  readonly handlers: Readonly<Record<string, InboxHandler>>;

  constructor(dependencies: FeedDependencies) {
    this.#on = dependencies;
    const change =
      (kind: Exclude<InboxOperation["kind"], "action">) => (request: FastifyRequest, visitor: InboxToken) =>
        this.#change(visitor, { kind }, body(inboxSelectionSchema, request));
    this.handlers = {
      listInbox: (request, visitor) => this.#list(request, visitor),
      getInboxCounts: async (_request, visitor) => standOf((await this.#read(visitor, null, 1)).head),
      listInboxChanges: (request, visitor) => this.#changes(request, visitor),
      markInboxSeen: change("seen"),
      markInboxRead: change("read"),
      markInboxUnread: change("unread"),
      archiveInbox: change("archive"),
      unarchiveInbox: change("unarchive"),
      takeInboxAction: (request, visitor) => this.#act(request, visitor),
    };
  }

  async #list(request: FastifyRequest, visitor: InboxToken) {
    const { filter = "all", cursor, limit = contractLimits.pageSize } = valid(inboxQuerySchema, request.query);
    const before = positionOf(cursor, idPosition);
    const page = await this.#on.store.listInbox({ ...this.#visit(visitor), filter, before, limit });
    if (page === undefined) throw tokenRefused();
    const { items, wrappedKey, head } = page;
    const last = items.at(-1);
    return {
      items: wrappedKey === null ? [] : items.map((row) => itemView(row, wrappedKey, this.#on.keyring)),
      nextCursor: last === undefined || items.length < limit ? undefined : cursorOf(last.id),
      counts: standOf(head),
    };
  }

  async #changes(request: FastifyRequest, visitor: InboxToken) {
    const { after, limit = contractLimits.pageSize } = valid(inboxChangesQuerySchema, request.query);
    const { head, changes, wrappedKey } = await this.#read(visitor, after, limit);
    const last = changes?.at(-1)?.sequence ?? head.sequence;
    return {
      changes: changes?.map((one) => changeView(one, wrappedKey, this.#on.keyring)) ?? [headView("reset", head)],
      counts: standOf(head),
      more: last < head.sequence,
    };
  }

  async #read(visitor: InboxToken, after: number | null, limit: number): Promise<NonNullable<InboxRead>> {
    const { environmentId, recipient, generation } = visitor;
    const [read] = await this.#on.store.readInboxes({
      reads: [{ environmentId, recipient, after }],
      limit,
      now: this.#on.clock.now(),
      bounds: this.#on.inbox.bounds,
    });
    if (read === undefined || read.head.generation !== generation) throw tokenRefused();
    return read;
  }

  /** In parts, each a transaction of a bounded size. */
  async #change(visitor: InboxToken, operation: InboxOperation, selection: InboxSelection) {
    const { store, inbox, broadcast } = this.#on;
    let changed = 0;
    for (;;) {
      const part = { ...this.#visit(visitor), operation, selection, limit: inbox.batchMax };
      const result = await store.changeInbox(part);
      if (result === undefined) throw tokenRefused();
      changed += result.changed;
      if (result.changed > 0) broadcast.publish("inbox", inboxSubject(visitor));
      if (!result.more) return { changed, counts: standOf(result.head) };
    }
  }

  /** Which actions there are is sealed, so that it is looked up first; they never change. */
  async #act(request: FastifyRequest, visitor: InboxToken) {
    const id = idParameter(request);
    const key = valid(keySchema, parameter(request, "key"), "key");
    const before = await this.#item(visitor, id);
    if (before.actions?.some((action) => action.key === key) !== true)
      throw new TidingsError("not_found", { detail: "The item has no such action" });
    await this.#change(visitor, { kind: "action", key }, { ids: [id] });
    const after = await this.#item(visitor, id);
    if (after.action?.key === key) return after;
    throw new TidingsError("version_conflict", { detail: `The action ${after.action?.key ?? ""} was taken already` });
  }

  async #item(visitor: InboxToken, id: string) {
    const found = await this.#on.store.getInboxItem({ ...this.#visit(visitor), id });
    if (found === undefined) throw tokenRefused();
    if (found.item === undefined || found.wrappedKey === null) throw new TidingsError("not_found");
    return itemView(found.item, found.wrappedKey, this.#on.keyring);
  }

  #visit({ environmentId, recipient, generation }: InboxToken) {
    return { environmentId, recipient, generation, now: this.#on.clock.now(), bounds: this.#on.inbox.bounds };
  }
}
