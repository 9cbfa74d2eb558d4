import type { MessageState } from "@tidings/contract/words";
import { bitOf } from "../../../packages/server/src/domain/feedback.ts";
import { integer, text } from "../../../packages/server/src/store/sql/columns.ts";
import type { Cast } from "../cast.ts";
import type { LoggedMessage } from "../ledger.ts";
import type { EndFacts } from "./facts.ts";
import { wasSent } from "./sent.ts";

const ends: readonly MessageState[] = ["failed", "bounced", "suppressed", "expired", "canceled", "dead", "unknown"];
const timed = ["delivered", "opened", "clicked", "read", "complained"] as const;

/** The sums that are kept up on the way equal what the rows, and their moves, add up to. */
export function checkStatistics(cast: Cast, { events, messages }: EndFacts): void {
  const { world, ledger } = cast;
  const rows = world.base.database.all("select metric, sum(value) as sum from statistic group by metric");
  const sums = new Map(rows.map((row) => [text(row, "metric"), integer(row, "sum")]));
  const expect = (metric: string, count: number): void => {
    if ((sums.get(metric) ?? 0) !== count)
      world.violate("statistics-add-up", `${metric}: ${sums.get(metric) ?? 0}, there are ${count}`);
  };
  expect("sent", [...ledger.messages.values()].filter((one) => wasSent(one, messages.get(one.id))).length);
  const moves = [...ledger.messages.values()].flatMap((message) => message.moves);
  expect("accepted", events.length);
  expect("queued", messages.size);
  expect("retried", moves.filter(({ from, to }) => from === "sending" && to === "queued").length);
  for (const end of ends) {
    const moved = moves.filter(({ from, to }) => to === end && from !== end).length;
    expect(end, end === "failed" ? moved + failedBehind(cast, [...ledger.messages.values()]) : moved);
  }
  for (const kind of timed) expect(kind, [...messages.values()].filter(({ times }) => times[kind] !== null).length);
}

/** Messages that were reported to have failed when more was known of them already: each kind of report counts, whichever came first. */
export function failedBehind({ world }: Cast, messages: readonly LoggedMessage[]): number {
  const rows = world.base.database.all("select id from message where reported & ? <> 0", bitOf("failed"));
  const reported = new Set(rows.map((row) => text(row, "id")));
  return messages.filter(({ id, moves }) => reported.has(id) && !moves.some(({ to }) => to === "failed")).length;
}
