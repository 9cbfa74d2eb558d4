import { closeSync, fdatasyncSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { Database, logOf } from "./database.ts";
import { DiskPace } from "./disk-pace.ts";
import type { TurnSync } from "./log-sync.ts";
import { migrate } from "./migrate.ts";
import { lockDataDirectory } from "./owner-lock.ts";
import { type StoreReply, type StoreRequest, TurnRunner } from "./turn.ts";

/*
 * The store's thread. It sleeps in the event loop until a batch of requests comes, then runs turns until nothing waits. A
 * quick disk is synced here; a slow one by whoever is told of the turn, while the next one runs.
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
/** A turn that is committed. */
export interface CommittedTurn {
  kind: "turn";
  replies: StoreReply[];
  turnMs: number;
  /** Another follows. */
  more: boolean;
  /** Nobody may hear of the replies before the log is synced so far. */
  needs: TurnSync;
}
/** What it sends: first that it is ready or why not; then its turns. */
export type FromWorker =
  | { kind: "ready" }
  | { kind: "refused"; name: string; message: string }
  | CommittedTurn
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
    const path = join(settings.directory, "tidings.db");
    const database = new Database(path, settings);
    migrate(database, Date.now());
    // From here on a commit leaves the log's sync to us. Checkpoints still sync both files, in their order.
    database.exec("pragma synchronous = normal");
    return {
      lock,
      database,
      log: openSync(logOf(path), "r+"),
      runner: new TurnRunner(database, settings, () => performance.now()),
    };
  } catch (error) {
    // Not only when the thread has ended: who opens it again at once must hear the same reason.
    lock.release();
    throw error;
  }
}

function serve({ lock, database, log, runner }: ReturnType<typeof open>): void {
  const pace = new DiskPace();
  let closing = false;
  const receive = (message: ToWorker): void => {
    if (message === "close") closing = true;
    else for (const request of message.requests) runner.enqueue(request);
  };
  const drain = (): void => {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      receive(next.message);
  };
  const synced = (): TurnSync => {
    if (!pace.isWaitedFor()) return "sync";
    const from = performance.now();
    fdatasyncSync(log);
    pace.took(performance.now() - from);
    return "synced";
  };
  const end = (): void => {
    closeSync(log);
    database.close();
    lock.release();
    send({ kind: "closed" });
    port.close();
  };
  const turns = (): void => {
    for (drain(); runner.waiting > 0; drain()) {
      const startedAt = performance.now();
      const before = database.changes;
      const replies: StoreReply[] = [];
      runner.run((reply) => replies.push(reply));
      const needs = database.changes === before ? "nothing" : synced();
      send({ kind: "turn", replies, turnMs: performance.now() - startedAt, more: runner.waiting > 0, needs });
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
