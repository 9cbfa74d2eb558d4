import { type Lane, lanes } from "@tidings/contract/words";
import { laneCode, messageStateCode } from "../../../packages/server/src/store/sql/codes.ts";
import { sql } from "../servers/postgres-sql.ts";

/** How many messages a process holds that wait in it (`queued`), or that it has begun (`sending`); of one lane or of all. */
export async function heldBy(
  databaseUrl: string,
  pid: number,
  state: "queued" | "sending",
  of: readonly Lane[] = lanes,
): Promise<number> {
  const held = `select count(*)::int as count from message join worker on worker.number = message.holder
    where worker.pid = ${pid} and message.due_at is not null and message.state = ${messageStateCode[state]}
    and message.lane in (${of.map((lane) => laneCode[lane]).join(", ")})`;
  return Number((await sql(databaseUrl, held))[0]?.["count"]);
}
