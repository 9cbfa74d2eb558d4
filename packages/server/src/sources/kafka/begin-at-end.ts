import type { Consumer } from "kafkajs";
import type { KafkaConnection } from "../../lib/kafka/client.ts";
import { withAdmin } from "../../lib/kafka/with-admin.ts";
import type { Clock } from "../../ports/clock.ts";
import { abortable } from "../abortable.ts";

interface Beginning {
  connection: KafkaConnection;
  topic: string;
  group: string;
  isLeader: boolean;
  consumer: Consumer;
  clock: Clock;
  signal: AbortSignal;
}

const lookEveryMs = 200;

/**
 * Lets a group that is new begin at the end of its topic. That is committed before anything is read: whoever is killed ahead of
 * the first record would else begin at another end, behind what came meanwhile. The leader does it for all partitions, so
 * that one that is added later begins at its first record.
 */
export function beginAtEnd(of: Beginning, assigned: readonly number[]): Promise<void> {
  const { connection, topic, group, isLeader, consumer, clock, signal } = of;
  return withAdmin(connection, async (admin) => {
    for (;;) {
      const [known] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      const begun = known?.partitions.filter(({ offset }) => Number(offset) >= 0) ?? [];
      if (begun.length > 0) {
        for (const { partition, offset } of begun)
          if (assigned.includes(partition)) consumer.seek({ topic, partition, offset });
        return;
      }
      if (isLeader) {
        const ends = await admin.fetchTopicOffsets(topic);
        await consumer.commitOffsets(ends.map(({ partition, high }) => ({ topic, partition, offset: high })));
      } else await abortable(clock, lookEveryMs, signal);
    }
  });
}
