import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { z } from "zod";
import { type Order, type OrderBody, type OrderMail, orderBodySchema } from "./order.ts";

/** What is to be reported to Tidings of an order. */
export interface Report {
  order: Order;
  name: "order.placed" | "order.shipped";
}

const schema = `
  pragma journal_mode = wal;
  create table if not exists orders (id text primary key, body text not null, shipped integer not null default 0);
  -- What Tidings has not been told yet: written in the transaction that changes the order.
  create table if not exists reports (
    order_id text not null, name text not null, event_id text, primary key (order_id, name)
  );
  create index if not exists reports_open on reports (order_id) where event_id is null;
  create table if not exists mails (
    message_id text primary key, event_id text not null, template text not null, state text not null, at text not null
  );
`;

const orderRow = z.object({ id: z.string(), body: z.string(), shipped: z.int() });
const reportRow = orderRow.extend({ name: z.enum(["order.placed", "order.shipped"]) });
const mailRow = z.object({ message: z.string(), template: z.string(), state: z.string() });

/**
 * The shop's own data. An order and the fact that Tidings has to hear of it are one commit (an *outbox*), so neither is
 * ever there without the other, whatever dies in between.
 */
export class Orders {
  readonly #database: DatabaseSyncInstance;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(schema);
  }

  place(id: string, body: OrderBody): void {
    this.#change(() => {
      this.#database.prepare("insert into orders (id, body) values (?, ?)").run(id, JSON.stringify(body));
      this.#report(id, "order.placed");
    });
  }

  /** False where there is no such order. A second time changes nothing. */
  ship(id: string): boolean {
    return this.#change(() => {
      const { changes } = this.#database.prepare("update orders set shipped = 1 where id = ?").run(id);
      if (Number(changes) === 0) return false;
      this.#report(id, "order.shipped");
      return true;
    });
  }

  find(id: string): Order | undefined {
    const row = this.#database.prepare("select id, body, shipped from orders where id = ?").get(id);
    return row === undefined ? undefined : orderOf(orderRow.parse(row));
  }

  newest(limit: number): Order[] {
    const rows = this.#database.prepare("select id, body, shipped from orders order by rowid desc limit ?").all(limit);
    return rows.map((row) => orderOf(orderRow.parse(row)));
  }

  /** What Tidings has not been told yet, oldest first. */
  openReports(limit: number): Report[] {
    const rows = this.#database
      .prepare(
        `select o.id, o.body, o.shipped, r.name from reports r join orders o on o.id = r.order_id
         where r.event_id is null order by r.rowid limit ?`,
      )
      .all(limit);
    return rows.map((row) => {
      const { name, ...order } = reportRow.parse(row);
      return { name, order: orderOf(order) };
    });
  }

  reported({ order, name }: Report, eventId: string): void {
    this.#database
      .prepare("update reports set event_id = ? where order_id = ? and name = ?")
      .run(eventId, order.id, name);
  }

  /** Webhooks may come twice and in any order: the one that tells of the latest time wins. */
  mailChanged(mail: OrderMail & { event: string; at: string }): void {
    this.#database
      .prepare(
        `insert into mails (message_id, event_id, template, state, at) values (?, ?, ?, ?, ?)
         on conflict (message_id) do update set state = excluded.state, at = excluded.at where excluded.at >= mails.at`,
      )
      .run(mail.message, mail.event, mail.template, mail.state, mail.at);
  }

  mailsOf(id: string): OrderMail[] {
    const rows = this.#database
      .prepare(
        `select m.message_id as message, m.template, m.state from mails m join reports r on r.event_id = m.event_id
         where r.order_id = ? order by m.message_id`,
      )
      .all(id);
    return rows.map((row) => mailRow.parse(row));
  }

  close(): void {
    this.#database.close();
  }

  #report(id: string, name: Report["name"]): void {
    this.#database.prepare("insert or ignore into reports (order_id, name) values (?, ?)").run(id, name);
  }

  #change<T>(work: () => T): T {
    this.#database.exec("begin immediate");
    try {
      const result = work();
      this.#database.exec("commit");
      return result;
    } catch (error) {
      this.#database.exec("rollback");
      throw error;
    }
  }
}

function orderOf({ id, body, shipped }: z.infer<typeof orderRow>): Order {
  return { id, shipped: shipped === 1, ...orderBodySchema.parse(JSON.parse(body)) };
}
