import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { lockDataDirectory } from "./owner-lock.ts";
import { type StoreReply, type StoreRequest, TurnRunner } from "./turn.ts";

/*
 * The store's thread. It sleeps in the event loop until a batch of requests comes, then runs turns until nothing waits.
 */
export const workerSettingsSchema = z.object({
  directory: z.string(),
  cacheMib: z.number(),
  checkpointPages: z.number(),
  turnMs: z.number(),
  turnCallsMax: z.number(),
});

/** What the thread is sent: a batch of calls, or the wish to end. */
export type ToWorker = { requests: StoreRequest[] } | "close";
/** What it sends: first that it is ready or why not; then replies, how long their turn took, and whether another follows. */
export type FromWorker =
  | { kind: "ready" }
  | { kind: "refused"; name: string; message: string }
  | { kind: "turn"; replies: StoreReply[]; turnMs: number; more: boolean }
  | { kind: "closed" };

const port = ownPort();

function ownPort(): MessagePort {
  if (parentPort === null) throw new Error("this file runs as a worker thread");
  return parentPort;
}

const send = (message: FromWorker): void => port.postMessage(message);

function open() {
  const settings = workerSettingsSchema.parse(workerData);
  mkdirSync(settings.directory, { recursive: true, mode: 0o700 });
  const lock = lockDataDirectory(settings.directory);
  try {
    const database = new Database(join(settings.directory, "tidings.db"), settings);
    migrate(database, Date.now());
    return {
      lock,
      database,
      runner: new TurnRunner(database, settings, () => performance.now()),
    };
  } catch (error) {
    // Not only when the thread has ended: who opens it again at once must hear the same reason.
    lock.release();
    throw error;
  }
}

function serve({ lock, database, runner }: ReturnType<typeof open>): void {
  let closing = false;
  const receive = (message: ToWorker): void => {
    if (message === "close") closing = true;
    else for (const request of message.requests) runner.enqueue(request);
  };
  const drain = (): void => {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      receive(next.message);
  };
  const end = (): void => {
    database.close();
    lock.release();
    send({ kind: "closed" });
    port.close();
  };
  const turns = (): void => {
    for (drain(); runner.waiting > 0; drain()) {
      const startedAt = performance.now();
      const replies: StoreReply[] = [];
      runner.run((reply) => replies.push(reply));
      send({ kind: "turn", replies, turnMs: performance.now() - startedAt, more: runner.waiting > 0 });
    }
    if (closing) end();
  };
  port.on("message", (message: ToWorker) => {
    receive(message);
    turns();
  });
  send({ kind: "ready" });
}

try {
  serve(open());
} catch (error) {
  const known = error instanceof Error ? error : new Error(String(error));
  send({ kind: "refused", name: known.name, message: known.message });
  port.close();
}
