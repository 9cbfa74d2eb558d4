import { afterAll, beforeAll, describe } from "vitest";
import { betweenSuite } from "../queue-between.ts";
import { type Kafka, startKafka } from "../servers/kafka.ts";
import { type KafkaVersion, whyNoKafka } from "../servers/kafka-programs.ts";
import { type Postgres, startPostgres } from "../servers/postgres.ts";
import { whyNoPostgres } from "../servers/postgres-programs.ts";
import { reachingSuite } from "./reaching.ts";

const postgresVersion = "15";

/** All that Kafka does behind the Queue port, on real servers. In CI a missing one is a failure. */
export function kafkaSuites(version: KafkaVersion): void {
  const reason = whyNoKafka(version) ?? whyNoPostgres(postgresVersion);
  const name = `Kafka ${version}${reason === undefined ? "" : ` (${reason})`}`;
  describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(name, () => {
    let postgres: Postgres;
    let kafka: Kafka;
    beforeAll(async () => {
      postgres = await startPostgres({ version: postgresVersion });
      kafka = await startKafka({ version, secure: true });
    });
    afterAll(async () => {
      await kafka?.remove();
      await postgres?.remove();
    });
    reachingSuite(
      () => postgres,
      () => kafka,
    );
    betweenSuite(
      name,
      () => postgres,
      () => kafka,
    );
  });
}
