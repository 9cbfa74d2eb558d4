import { type Kafka, startKafka } from "../servers/kafka.ts";
import { whyNoKafka } from "../servers/kafka-programs.ts";
import type { PostgresOptions } from "../servers/postgres.ts";
import { type Postgres, startPostgres } from "../servers/postgres.ts";
import { whyNoPostgres } from "../servers/postgres-programs.ts";

/** Servers that processes work on together. */
export interface Engine {
  postgres: Postgres;
  /** Where work goes by one. */
  kafka?: Kafka;
  /** Settings of all processes of an installation with this database. */
  settingsOf(databaseUrl: string): Record<string, string>;
  remove(): Promise<void>;
}

/** What processes can work on together: each scenario runs on each of them. */
export interface EngineDescription {
  name: string;
  /** What carries work from process to process. */
  kind: "rows" | "broker";
  /** Why it cannot be started here; undefined where it can. */
  whyNot(): string | undefined;
  /** Settings of its PostgreSQL may be given, and an address at which its broker can be reached too. */
  start(options?: Pick<PostgresOptions, "settings" | "addresses"> & { brokerAddress?: string }): Promise<Engine>;
}

export const postgresAlone: EngineDescription = {
  name: "PostgreSQL alone",
  kind: "rows",
  whyNot: () => whyNoPostgres("15"),
  start: async (options = {}) => {
    const postgres = await startPostgres({ version: "15", ...options });
    return {
      postgres,
      settingsOf: (databaseUrl) => ({ TIDINGS_DATABASE_URL: databaseUrl }),
      remove: () => postgres.remove(),
    };
  },
};

export const postgresAndKafka: EngineDescription = {
  name: "PostgreSQL and Kafka",
  kind: "broker",
  whyNot: () => whyNoPostgres("15") ?? whyNoKafka("4"),
  start: async (options = {}) => {
    const postgres = await startPostgres({ version: "15", ...options });
    const { brokerAddress: address } = options;
    const kafka = await startKafka({ version: "4", ...(address === undefined ? {} : { address }) });
    return {
      postgres,
      kafka,
      settingsOf: (databaseUrl) => ({
        TIDINGS_DATABASE_URL: databaseUrl,
        TIDINGS_QUEUE_URL: `kafka://${kafka.brokers}/${queuePrefix(databaseUrl)}`,
        TIDINGS_QUEUE_PARTITIONS: "2",
        TIDINGS_QUEUE_RECLAIM_AFTER_MS: "3000",
      }),
      remove: async () => {
        await kafka.remove();
        await postgres.remove();
      },
    };
  },
};

/** An installation has topics of its own, as it has a database of its own. */
export function queuePrefix(databaseUrl: string): string {
  return databaseUrl.replace(/^.*\//, "");
}
