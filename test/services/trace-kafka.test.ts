import { afterAll, describe } from "vitest";
import { ownDatabase } from "./postgres/database.ts";
import { type Kafka, startKafka } from "./servers/kafka.ts";
import { whyNoKafka } from "./servers/kafka-programs.ts";
import { type Postgres, startPostgres } from "./servers/postgres.ts";
import { whyNoPostgres } from "./servers/postgres-programs.ts";
import { whyNoReceiver } from "./trace/receiver.ts";
import { traceSuite } from "./trace/suite.ts";

const reason = whyNoPostgres("15") ?? whyNoKafka("4") ?? whyNoReceiver();

describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(`tracing (${reason ?? "Kafka 4"})`, () => {
  let server: Postgres | undefined;
  let kafka: Kafka | undefined;
  afterAll(async () => {
    await kafka?.remove();
    await server?.remove();
  });
  traceSuite("Kafka as the queue", async () => {
    server = await startPostgres({ version: "15" });
    kafka = await startKafka({ version: "4" });
    return {
      TIDINGS_DATABASE_URL: await ownDatabase(server),
      TIDINGS_QUEUE_URL: `kafka://${kafka.brokers}`,
      TIDINGS_QUEUE_PARTITIONS: "2",
    };
  });
});
