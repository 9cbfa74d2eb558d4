import { InProcessBroadcast } from "../../packages/server/src/broadcast/in-process.ts";
import { PublishedSweep } from "../../packages/server/src/composition/published-sweep.ts";
import { withAdmin } from "../../packages/server/src/lib/kafka/with-admin.ts";
import { SystemClock } from "../../packages/server/src/lib/system-clock.ts";
import type { Queue, Topic } from "../../packages/server/src/ports/queue.ts";
import type { Store } from "../../packages/server/src/ports/store/store.ts";
import { allTopics, placeOfTopic } from "../../packages/server/src/ports/topic.ts";
import { BrokeredQueue } from "../../packages/server/src/queue/broker/brokered-queue.ts";
import { EmbeddedQueue } from "../../packages/server/src/queue/embedded.ts";
import { findDue } from "../../packages/server/src/queue/find-due.ts";
import { KafkaBroker, prepareKafka } from "../../packages/server/src/queue/kafka/kafka.ts";
import type { KafkaSettings } from "../../packages/server/src/queue/kafka/settings.ts";
import { SettledWatch } from "../../packages/server/src/queue/kafka/settled-watch.ts";
import { nameOfTopic } from "../../packages/server/src/queue/kafka/topics.ts";
import {
  type BetweenBench,
  queueBetweenConformance,
} from "../../packages/server/src/queue/queue-between.conformance.ts";
import { WorkHints } from "../../packages/server/src/queue/work-hints.ts";
import { type Corner, openCorner, times } from "../../packages/server/src/store/conformance/corner.conformance.ts";
import { published } from "../../packages/server/src/store/postgres/context.ts";
import type { Pool } from "../../packages/server/src/store/postgres/pool.ts";
import { PublishedRows } from "../../packages/server/src/store/postgres/published.ts";
import { releaseOwn } from "../../packages/server/src/store/postgres/release.ts";
import { withSession } from "../../packages/server/src/store/postgres/with-session.ts";
import { settingsOf } from "./kafka/settings.ts";
import { openStore, ownDatabase } from "./postgres/database.ts";
import type { Kafka } from "./servers/kafka.ts";
import type { Postgres } from "./servers/postgres.ts";

const pollMs = 100;
const itemsMax = 200;
const sweptAfterMs = 500;
const clock = new SystemClock();

/** The rows of a PostgreSQL as a queue between processes; with Kafka, ids go by it. */
export function betweenSuite(name: string, server: () => Postgres, kafka?: () => Kafka): void {
  let prefixes = 0;
  let shared: Promise<string> | undefined;
  queueBetweenConformance(name, async (): Promise<BetweenBench> => {
    shared ??= ownDatabase(server());
    prefixes += 1;
    const settings = kafka === undefined ? undefined : settingsOf(kafka(), `between${prefixes}`);
    if (settings !== undefined) await prepareKafka(settings);
    return openBench(await shared, settings);
  });
}

async function openBench(url: string, settings: KafkaSettings | undefined): Promise<BetweenBench> {
  const holderOf = (): number => (settings === undefined ? 0 : published);
  const { store, pool } = await openStore(url, { number: 1, holderOf });
  const corner = await openCorner(store);
  const faults: unknown[] = [];
  const stores = [store];
  /** Numbers of workers that were told to stop. */
  const left: number[] = [];
  const broadcast = new InProcessBroadcast(() => {});
  const make = async (): Promise<Queue> => {
    const number = stores.length + 1;
    const own = await openStore(url, { number, holderOf });
    stores.push(own.store);
    const onStop = (): void => void left.push(number);
    const rows = new PublishedRows(own.pool);
    return queueOfProcess({ store: own.store, rows, broadcast, now: corner.at, settings, faults, onStop });
  };
  const watch = settings === undefined ? undefined : new SettledWatch(settings);
  const sweep = new PublishedSweep({
    // What is published here is due in the corner's own time.
    published: { free: (topic) => new PublishedRows(pool).free(topic, corner.at + 1) },
    watch,
    leases: { hold: async () => true },
    clock,
    afterMs: sweptAfterMs,
    wake: () => {},
    onFreed: () => {},
    onFault: (error) => faults.push(error),
  });
  return {
    topics: ["delivery.sms.critical", "delivery.sms.marketing"],
    make,
    work: async (topic: Topic, count) => {
      const { lane } = placeOfTopic(topic);
      return (await corner.queuedAll(times(count, () => ({ channel: "sms" as const, lane })))).map(({ id }) => id);
    },
    settle: async (ids) => void (await store.settleMessages({ settlements: ids.map((id) => canceled(corner, id)) })),
    loseAll: settings && (() => deleteTopics(settings)),
    sweep: () => (settings === undefined ? release(pool, left) : sweep.sweep()),
    itemsMax,
    faults,
    close: async () => {
      await watch?.close();
      for (const each of stores) await each.close();
    },
  };
}

interface ProcessParts {
  store: Store;
  rows: PublishedRows;
  broadcast: InProcessBroadcast;
  /** The time at which the work is due. */
  now: number;
  settings: KafkaSettings | undefined;
  faults: unknown[];
  onStop: () => void;
}

function queueOfProcess({ store, rows: given, broadcast, now, settings, faults, onStop }: ProcessParts): Queue {
  const rows = new EmbeddedQueue({
    clock,
    findDue: (topic, limit) => findDue(store, topic, { now, limit, node: "here" }),
    itemsMax,
    pollMs,
    onFault: (_, error) => faults.push(error),
  });
  const hinted = new WorkHints({ queue: rows, broadcast, clock, everyMs: 5 });
  if (settings === undefined) return leaving(hinted, onStop);
  // A broker's own faults are mended by it: a topic that is being made has no leader yet.
  const broker = new KafkaBroker({ settings, clock, onFault: () => {} });
  const giveUp = async (topic: Topic, ids: readonly string[]): Promise<void> => {
    await given.giveUp(topic, ids);
    broadcast.publish("work", topic);
  };
  return new BrokeredQueue({ broker, rows, hinted, giveUp, clock, itemsMax, pollMs });
}

const canceled = ({ environmentId, at }: Corner, messageId: string) => ({
  environmentId,
  messageId,
  attempts: 0,
  at,
  after: { state: "canceled" as const, reason: "address_removed" },
});

function deleteTopics(settings: KafkaSettings): Promise<void> {
  const topics = allTopics.map((topic) => nameOfTopic(settings.prefix, topic));
  return withAdmin(settings, (admin) => admin.deleteTopics({ topics }));
}

/** Tells when a queue is told to stop, as the worker gives back then what it holds. */
function leaving(queue: Queue, onStop: () => void): Queue {
  return {
    publish: (topic, items) => queue.publish(topic, items),
    consume: (topic, handler, options) => queue.consume(topic, handler, options),
    wake: (topic) => queue.wake(topic),
    depth: (topic) => queue.depth(topic),
    stop: () => {
      onStop();
      return queue.stop();
    },
  };
}

async function release(pool: Pool, numbers: readonly number[]): Promise<void> {
  await withSession(pool, "critical", async (session) => {
    for (const number of numbers) await releaseOwn(session, number);
  });
}
