import { startKafka } from "./kafka.ts";
import { type KafkaVersion, whyNoKafka } from "./kafka-programs.ts";
import { startPostgres } from "./postgres.ts";
import { type PostgresVersion, whyNoPostgres } from "./postgres-programs.ts";
import type { ProcessId } from "./process-id.ts";

export interface Started {
  process: ProcessId;
  /** What a client has to know, by name. */
  connection: Record<string, string>;
}

export interface Service {
  whyNot(): string | undefined;
  /** Starts it in an empty folder; it goes on when this process ends. */
  start(folder: string): Promise<Started>;
}

/** What `scripts/services` can start. */
export const services: ReadonlyMap<string, Service> = new Map([
  ["postgres-15", postgres("15")],
  ["postgres-17", postgres("17")],
  ["kafka-3.9", kafka("3.9")],
  ["kafka-4", kafka("4")],
]);

function postgres(version: PostgresVersion): Service {
  return {
    whyNot: () => whyNoPostgres(version),
    start: async (folder) => {
      const { process, url, adminUrl } = await startPostgres({ version, folder, outlives: true });
      return { process, connection: { url, adminUrl } };
    },
  };
}

function kafka(version: KafkaVersion): Service {
  return {
    whyNot: () => whyNoKafka(version),
    start: async (folder) => {
      const { process, brokers, secure } = await startKafka({ version, folder, outlives: true, secure: true });
      if (secure === undefined) return { process, connection: { brokers } };
      const { brokers: secureBrokers, ...credentials } = secure;
      return { process, connection: { brokers, secureBrokers, ...credentials } };
    },
  };
}
