import { parentPort, workerData } from "node:worker_threads";
import { DatabaseSync } from "@photostructure/sqlite";
import { z } from "zod";

/** What the bare pipeline asks of its store: rows to insert, and ids whose message went out. */
export interface BareTurn {
  inserts: (readonly [id: string, body: string])[];
  updates: string[];
}

/*
 * The least that keeps the promise of a durable 202: one insert and one update per notification, in one synced
 * transaction per message between the threads.
 */
const port = parentPort;
if (port === null) throw new Error("this file runs as a worker thread");
const database = new DatabaseSync(z.object({ path: z.string() }).parse(workerData).path);
database.exec(`
  pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536;
  pragma wal_autocheckpoint = 4000;
  create table message (id text primary key, state integer not null, body text not null, sent_at integer) strict, without rowid;`);
const insert = database.prepare("insert into message (id, state, body) values (?, 0, ?)");
const update = database.prepare("update message set state = 1, sent_at = ? where id = ?");

port.on("message", ({ inserts, updates }: BareTurn) => {
  database.exec("begin immediate");
  for (const [id, body] of inserts) insert.run(id, body);
  const now = Date.now();
  for (const id of updates) update.run(now, id);
  database.exec("commit");
  port.postMessage(null);
});
