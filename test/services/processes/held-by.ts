import { type Lane, lanes } from "@tidings/contract/words";
import { laneCode, messageStateCode } from "../../../packages/server/src/store/sql/codes.ts";
import type { Acknowledged } from "../../harness/event-load.ts";
import { pause } from "../../harness/pause.ts";
import { sql } from "../servers/postgres-sql.ts";
import type { Member } from "./cluster.ts";
import { postEvents } from "./post-events.ts";
import type { World } from "./world.ts";

const begunWithinMs = 20_000;
const lookEveryMs = 20;
const postedAtOnce = 20;
const postedMax = 200;

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

/** Posts events of a lane until a process has begun some, and gives those that were acknowledged. */
export async function untilBegun(
  { api, databaseUrl }: Pick<World, "api" | "databaseUrl">,
  { pid }: Member,
  lane: Lane,
): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const begun = async (): Promise<boolean> => (await heldBy(databaseUrl, pid, "sending", [lane])) > 0;
  for (const end = Date.now() + begunWithinMs; !(await begun()); await pause(lookEveryMs)) {
    if (Date.now() > end) throw new Error(`the process ${pid} began none of ${acknowledged.length} ${lane} messages`);
    if (acknowledged.length < postedMax) acknowledged.push(...(await postEvents(api, lane, postedAtOnce)));
  }
  return acknowledged;
}
