import type { Store } from "../../ports/store/store.ts";
import { listDeadLetters } from "./calls/dead-letters.ts";
import { listMessages } from "./calls/list-messages.ts";
import { queueDepths } from "./calls/queue-depths.ts";
import { recentSums } from "./calls/recent-sums.ts";
import { sumStatistics } from "./calls/statistics.ts";
import { listWebhookDeliveries } from "./calls/webhook-log.ts";
import type { ReadContext } from "./context.ts";
import type { Replica } from "./replica/replica.ts";

/**
 * The calls that a replica may answer; whatever is not named here goes to the primary, and only what is a `Read` can be named.
 * They are those that look over what happened, for people and for gauges. Not among them:
 * - what something is decided by: keys, tokens, opt-outs, due work, all of the pipeline and of configuration, lists of
 *   documents too, as who has written one looks for it there next;
 * - one event, message or dead letter by its id, and the messages of one event: a caller asks for them right after the 202;
 * - recipients, whose row is read to write it; inboxes, whose expired items leave when they are read; the sandbox's mails.
 */
export function readingFrom(replica: Replica, store: Store): Store {
  const from =
    <Input, Output>(
      ask: (input: Input) => Promise<Output>,
      read: (context: ReadContext, input: Input) => Promise<Output>,
      mayLag: (input: Input) => boolean = () => true,
    ) =>
    async (input: Input): Promise<Output> => {
      const answer = mayLag(input) ? await replica.read((context) => read(context, input)) : undefined;
      return answer === undefined ? ask(input) : answer.value;
    };
  return {
    ...store,
    listMessages: from(store.listMessages, listMessages, ({ eventId }) => eventId === undefined),
    listDeadLetters: from(store.listDeadLetters, listDeadLetters),
    queueDepths: from(store.queueDepths, queueDepths),
    recentSums: from(store.recentSums, recentSums),
    sumStatistics: from(store.sumStatistics, sumStatistics),
    listWebhookDeliveries: from(store.listWebhookDeliveries, listWebhookDeliveries),
  };
}
