import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type InboxChange, inboxChangeSchema } from "@tidings/contract/inbox";
import { WebSocket } from "ws";
import { recipientWrite } from "../../domain/recipient-write.ts";
import type { InboxEntry } from "../../ports/inbox.ts";
import { SealedInbox } from "../../store/sealed-inbox.ts";
import { type Answer, type ApiBench, apiBench, inboxSettings } from "../bench.conformance.ts";
import type { ApiDependencies } from "../dependencies.ts";
import type { InboxSettings } from "./settings.ts";

/** Messages of a socket or of a stream, in order, with a way to wait for them. */
export class Received {
  readonly changes: InboxChange[] = [];
  #waiting: (() => void)[] = [];

  take(json: string): void {
    this.changes.push(inboxChangeSchema.parse(JSON.parse(json)));
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves with all, once `enough` holds. */
  async until(enough: (changes: readonly InboxChange[]) => boolean): Promise<InboxChange[]> {
    while (!enough(this.changes)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.changes;
  }

  count(count: number): Promise<InboxChange[]> {
    return this.until((changes) => changes.length >= count);
  }
}

export interface OpenSocket extends Received {
  socket: WebSocket;
  /** Resolves with the code when it is closed. */
  closed: Promise<number>;
}

export interface InboxBench extends ApiBench {
  dependencies: ApiDependencies;
  environmentId: number;
  /** A token by the API, of a recipient who is made with it. */
  token(recipient: string, body?: object, key?: string): Promise<string>;
  /** An item in the recipient's inbox; gives its id. */
  add(recipient: string, over?: Partial<InboxEntry>): Promise<string>;
  visit(path: string, token: string, request?: { method?: "GET" | "POST"; body?: unknown }): Promise<Answer>;
  socket(query: string, headers?: Record<string, string>): OpenSocket;
  stream(
    query: string,
    headers?: Record<string, string>,
  ): Promise<Received & { answer: IncomingMessage; text: string[] }>;
}

export async function inboxBench(
  settings: Partial<InboxSettings> = {},
  changes: (all: ApiDependencies) => Partial<ApiDependencies> = () => ({}),
): Promise<InboxBench> {
  let captured: ApiDependencies | undefined;
  const bench = await apiBench((all) => {
    captured = { ...all, inbox: { ...inboxSettings, ...settings } };
    captured = { ...captured, ...changes(captured) };
    return captured;
  });
  if (captured === undefined) throw new Error("the bench was not made");
  const dependencies = captured;
  const [row] = await bench.store.listEnvironments({});
  const environmentId = row?.id ?? 0;
  const { store, keyring } = bench;
  const { clock, ids, broadcast } = dependencies;
  const inbox = new SealedInbox({ store, keyring, broadcast, clock }, { ...dependencies.inbox.bounds, batchMax: 10 });
  let lastMs = 0;
  const write = async (recipient: string) => {
    const known = await store.getRecipient({ environmentId, id: recipient });
    if (known !== undefined) return;
    const now = clock.now();
    const existingWrappedKey = undefined;
    const input = { environmentId, id: recipient, body: {}, updatedAt: now, createdAt: now, existingWrappedKey };
    await store.putRecipient({ recipient: recipientWrite({ ...input, sealer: keyring }) });
  };
  return {
    ...bench,
    dependencies,
    environmentId,
    token: async (recipient, body, key = bench.key) => {
      const path = `/v1/recipients/${encodeURIComponent(recipient)}/tokens`;
      const { status, json } = await bench.call(path, { method: "POST", key, ...(body === undefined ? {} : { body }) });
      const token: unknown = typeof json === "object" && json !== null ? Reflect.get(json, "token") : undefined;
      if (status !== 201 || typeof token !== "string") throw new Error(`no token: ${status} ${JSON.stringify(json)}`);
      return token;
    },
    add: async (recipient, over = {}) => {
      await write(recipient);
      // Items sort by their ids: no two of one millisecond.
      lastMs = Math.max(lastMs + 1, clock.now());
      const messageId = ids.derive(lastMs, recipient);
      const entry = {
        messageId,
        recipient,
        createdAt: clock.now(),
        expiresAt: null,
        content: { text: "Hello" },
        ...over,
      };
      const [result] = await inbox.deliver(environmentId, "transactional", [entry]);
      if (result !== "stored") throw new Error(`the item is ${result}`);
      return entry.messageId;
    },
    visit: (path, token, request = {}) =>
      bench.call(path, { ...request, key: null, headers: { authorization: `Bearer ${token}` } }),
    socket: (query, headers = {}) => openSocket(`ws://127.0.0.1:${bench.port}/v1/inbox/socket${query}`, headers),
    stream: (query, headers = {}) => openStream(`http://127.0.0.1:${bench.port}/v1/inbox/events${query}`, headers),
  };
}

export function openSocket(url: string, headers: Record<string, string> = {}): OpenSocket {
  const socket = new WebSocket(url, { headers });
  const received = new Received();
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  socket.on("message", (data) => received.take(String(data)));
  return Object.assign(received, { socket, closed });
}

async function openStream(url: string, headers: Record<string, string>) {
  const request = httpRequest(url, { headers }).end();
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  const received = new Received();
  const text: string[] = [];
  let rest = "";
  answer.setEncoding("utf8").on("data", (chunk: string) => {
    text.push(chunk);
    const events = `${rest}${chunk}`.split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined && !event.startsWith("event: close")) received.take(data);
    }
  });
  return Object.assign(received, { answer, text });
}
