import { expect, test } from "vitest";
import { withAdmin } from "../../../packages/server/src/lib/kafka/with-admin.ts";
import { allTopics } from "../../../packages/server/src/ports/topic.ts";
import { nameOfTopic } from "../../../packages/server/src/queue/kafka/topics.ts";
import { pause } from "../../harness/pause.ts";
import { settingsOf } from "../kafka/settings.ts";
import type { Kafka } from "../servers/kafka.ts";
import { underLoad } from "./database-lost.ts";
import { type Engine, queuePrefix } from "./engines.ts";
import { inWorld } from "./world.ts";

const roles = [["api"], ["orchestrate"], ["deliver", "feedback"]] as const;
const backMaxMs = 10_000;
/** How long the broker stays away before it is started again. */
const awayMs = 3000;

/** What a broker carries is lost, or it is away, while work goes by it. */
export function brokerLostSuite(engine: () => Engine): void {
  const kafka = (): Kafka => {
    const { kafka: found } = engine();
    if (found === undefined) throw new Error("work does not go by a broker here");
    return found;
  };

  test("a broker that is killed and restarted under load costs no event", async () => {
    await inWorld(engine(), { roles }, async (world) => {
      const backMs = await underLoad(world, async () => {
        // What was in memory goes out at once; what comes now goes by the store.
        const awaySince = Date.now() + 1000;
        await kafka().kill9();
        await pause(awayMs);
        await kafka().restart();
        return awaySince;
      });
      expect(backMs).toBeLessThan(backMaxMs);
    });
  }, 240_000);

  test("topics that are deleted under load cost no event", async () => {
    await inWorld(engine(), { roles }, async (world) => {
      const settings = settingsOf(kafka(), queuePrefix(world.databaseUrl));
      const topics = allTopics.map((topic) => nameOfTopic(settings.prefix, topic));
      const backMs = await underLoad(world, async () => {
        const deletedAt = Date.now();
        await withAdmin(settings, (admin) => admin.deleteTopics({ topics }));
        return deletedAt;
      });
      expect(backMs).toBeLessThan(backMaxMs);
    });
  }, 240_000);
}
