import type { MessageState } from "@tidings/contract/words";
import { integer, text } from "../../../packages/server/src/store/sql/columns.ts";
import type { Cast } from "../cast.ts";
import type { EndFacts } from "./facts.ts";

const ends: readonly MessageState[] = [
  "sent",
  "failed",
  "bounced",
  "suppressed",
  "expired",
  "canceled",
  "dead",
  "unknown",
];
const timed = ["delivered", "opened", "clicked", "read", "complained"] as const;

/** The sums that are kept up on the way equal what the rows, and their moves, add up to. */
export function checkStatistics({ world, ledger }: Cast, { events, messages }: EndFacts): void {
  const rows = world.base.database.all("select metric, sum(value) as sum from statistic group by metric");
  const sums = new Map(rows.map((row) => [text(row, "metric"), integer(row, "sum")]));
  const expect = (metric: string, count: number): void => {
    if ((sums.get(metric) ?? 0) !== count)
      world.violate("statistics-add-up", `${metric}: ${sums.get(metric) ?? 0}, there are ${count}`);
  };
  const moves = [...ledger.messages.values()].flatMap((message) => message.moves);
  expect("accepted", events.length);
  expect("queued", messages.size);
  expect("retried", moves.filter(({ from, to }) => from === "sending" && to === "queued").length);
  for (const end of ends) expect(end, moves.filter(({ from, to }) => to === end && from !== end).length);
  for (const kind of timed) expect(kind, [...messages.values()].filter(({ times }) => times[kind] !== null).length);
}
