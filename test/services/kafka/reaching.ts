import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withAdmin } from "../../../packages/server/src/lib/kafka/with-admin.ts";
import { prepareKafka } from "../../../packages/server/src/queue/kafka/kafka.ts";
import type { KafkaSettings } from "../../../packages/server/src/queue/kafka/settings.ts";
import { nameOfTopic } from "../../../packages/server/src/queue/kafka/topics.ts";
import { stopChild } from "../../harness/child.ts";
import { startServerProcess } from "../../harness/server-process.ts";
import { ownDatabase } from "../postgres/database.ts";
import type { Kafka } from "../servers/kafka.ts";
import type { Postgres } from "../servers/postgres.ts";
import { settingsOf } from "./settings.ts";

/** How a Kafka is reached, and what of it is refused. */
export function reachingSuite(postgres: () => Postgres, kafka: () => Kafka): void {
  describe("reaching Kafka", () => {
    const secureSettings = (over: Partial<KafkaSettings>): KafkaSettings => {
      const { secure } = kafka();
      if (secure === undefined) throw new Error("the server was started without a secure listener");
      return {
        ...settingsOf({ brokers: secure.brokers }, "secure"),
        tls: { mode: "verify", caFile: secure.caPath },
        user: { name: secure.username, password: secure.password },
        ...over,
      };
    };

    test.each(["scram-sha-512", "scram-sha-256", "plain"] as const)(
      "comes in by %s over TLS, again and again with one object of settings",
      async (mechanism) => {
        const settings = secureSettings({ mechanism });
        await prepareKafka(settings);
        await prepareKafka(settings);
        expect(settings.user?.password).toBe(kafka().secure?.password);
      },
    );

    test("refuses a wrong password, a certificate of somebody else, and a server without TLS", async () => {
      await expect(prepareKafka(secureSettings({ user: { name: "tidings", password: "wrong" } }))).rejects.toThrow(
        /authenticat/i,
      );
      await expect(prepareKafka(secureSettings({ tls: { mode: "verify", caFile: "" } }))).rejects.toThrow(
        /certificate/i,
      );
      await expect(prepareKafka({ ...secureSettings({}), brokers: [kafka().brokers] })).rejects.toThrow();
    });

    test.each([
      ["cleanup.policy", "compact"],
      ["retention.ms", "60000"],
      ["retention.bytes", "1000000"],
      ["unclean.leader.election.enable", "true"],
    ])("refuses a topic whose %s is %s, by name", async (name, value) => {
      const settings = settingsOf(kafka(), `losing-${name.replaceAll(/\W/g, "-")}`);
      const topic = nameOfTopic(settings.prefix, "events.critical");
      await withAdmin(settings, (admin) =>
        admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries: [{ name, value }] }] }),
      );
      await expect(prepareKafka(settings)).rejects.toThrow(`${topic}: ${name} is ${value}; set it to `);
    });

    test("a server does not start where nobody answers, or on the embedded store, and says which setting is meant", async () => {
      const dataDir = mkdtempSync(join(tmpdir(), "tidings-kafka-start-"));
      const database = await ownDatabase(postgres());
      const start = async (settings: Record<string, string>): Promise<void> =>
        stopChild(await startServerProcess(dataDir, settings));
      try {
        await expect(
          start({ TIDINGS_DATABASE_URL: database, TIDINGS_QUEUE_URL: "kafka://127.0.0.1:1" }),
        ).rejects.toThrow(/TIDINGS_QUEUE_URL/);
        await expect(start({ TIDINGS_QUEUE_URL: `kafka://${kafka().brokers}` })).rejects.toThrow(
          /TIDINGS_QUEUE_URL needs TIDINGS_DATABASE_URL/,
        );
        await expect(
          start({ TIDINGS_DATABASE_URL: database, TIDINGS_QUEUE_URL: `kafka://${kafka().brokers}?acks=1` }),
        ).rejects.toThrow(/TIDINGS_QUEUE_URL takes no options/);
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    });
  });
}
