import type { MessageState } from "@tidings/contract/words";
import type { Feedback } from "../../../packages/server/src/ports/provider.ts";
import type { Cast } from "../cast.ts";
import { type EndFacts, gather, type MessageFact } from "./facts.ts";

/** Ranks of DESIGN: a report moves a message up, never down. */
const ranks: Partial<Record<MessageState, number>> = { unknown: 1, sent: 2, failed: 3, delivered: 4, bounced: 5 };
const timed = ["delivered", "opened", "clicked", "read", "complained"] as const;

/** States and times follow from what was reported, in whatever order it came. */
export function checkFeedback({ world, reporter }: Cast, { messages }: EndFacts): void {
  const reports = new Map<string, Feedback[]>();
  for (const report of reporter.sent) {
    const list = reports.get(report.messageId);
    if (list === undefined) reports.set(report.messageId, [report]);
    else list.push(report);
  }
  for (const message of messages.values()) checkMessage(message, reports.get(message.id) ?? []);

  function checkMessage({ id, state, times }: MessageFact, own: readonly Feedback[]): void {
    for (const kind of timed) {
      const earliest = own.filter((report) => report.kind === kind).map(({ at }) => at);
      const expected = earliest.length === 0 ? null : Math.min(...earliest);
      if (times[kind] === null && expected !== null) world.violate("acknowledged-report-is-kept", `${id} ${kind}`);
      else if (times[kind] !== expected)
        world.violate("feedback-is-order-free", `${id} ${kind} at ${times[kind]}, reported ${expected}`);
    }
    const rank = ranks[state];
    if (rank === undefined) return;
    const top = own.find(({ kind }) => rankOf(kind) > rank);
    if (top !== undefined) world.violate("feedback-is-order-free", `${id} is ${state}, reported ${top.kind}`);
  }
}

function rankOf(kind: Feedback["kind"]): number {
  return kind === "delivered" || kind === "failed" || kind === "bounced" ? (ranks[kind] ?? 0) : 0;
}

/** Every report once more, twice and shuffled, changes nothing. */
export async function checkRepeatedFeedback(cast: Cast, before: EndFacts, settle: () => Promise<void>): Promise<void> {
  const { world, reporter } = cast;
  const random = world.fork();
  const again = [...reporter.sent, ...reporter.sent].map((report) => ({ report, order: random.number() }));
  again.sort((a, b) => a.order - b.order);
  let taken = false;
  void world.process?.pipeline.feedback
    .report(
      world.base.environment.id,
      again.map(({ report }) => report),
    )
    .then(() => {
      taken = true;
    });
  for (let timers = 0; !taken && timers < 10_000; timers += 1) {
    await settle();
    if (!taken) world.clock.runNext();
  }
  if (!taken) world.violate("feedback-is-order-free", "reports are not taken");
  const after = gather(cast);
  for (const [id, { state, times }] of before.messages) {
    const now = after.messages.get(id);
    if (now === undefined || now.state !== state || JSON.stringify(now.times) !== JSON.stringify(times)) {
      world.violate("feedback-is-order-free", `${id} was ${state} and is ${now?.state}`);
    }
  }
}
