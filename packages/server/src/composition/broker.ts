import { kafkaAddress } from "../lib/kafka-address.ts";
import { isLoopbackHost } from "../lib/loopback-host.ts";
import type { Broker, SettledLooks } from "../queue/broker/broker.ts";
import { KafkaBroker, prepareKafka } from "../queue/kafka/kafka.ts";
import type { KafkaSettings } from "../queue/kafka/settings.ts";
import { SettledWatch } from "../queue/kafka/settled-watch.ts";
import type { Foundation } from "./foundation.ts";

export interface BrokerParts {
  broker: Broker;
  watch: SettledLooks;
}

/** The broker of TIDINGS_QUEUE_URL; it has to answer, and to keep what it acknowledges. */
export async function openBroker({ config, clock, node, log }: Foundation): Promise<BrokerParts | undefined> {
  if (config.queue.url === undefined) return undefined;
  const settings = kafkaSettings(config, config.queue.url, node);
  try {
    await prepareKafka(settings);
  } catch (error) {
    throw new Error(`TIDINGS_QUEUE_URL: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const broker = new KafkaBroker({
    settings,
    clock,
    onFault: (part, error) =>
      log.error("the broker cannot be used: work goes by the store meanwhile", { topic: part, error }),
  });
  return { broker, watch: new SettledWatch(settings) };
}

function kafkaSettings({ queue }: Foundation["config"], url: string, node: string): KafkaSettings {
  const address = kafkaAddress(url);
  if (address === undefined) throw new Error("TIDINGS_QUEUE_URL is no address of a Kafka");
  const isNear = address.brokers.every((broker) => isLoopbackHost(broker.replace(/:\d+$/, "")));
  const mode = queue.tls === "auto" ? (isNear ? "off" : "verify") : queue.tls;
  const { user } = address;
  if (user !== undefined && queue.saslMechanism === "plain" && mode === "off" && !isNear)
    throw new Error(
      "TIDINGS_QUEUE_SASL_MECHANISM is plain, which would send the password in clear: set TIDINGS_QUEUE_TLS to verify",
    );
  return {
    ...address,
    ...queue,
    tls: { mode, caFile: queue.caFile },
    mechanism: queue.saslMechanism,
    clientId: `tidings ${node}`,
  };
}
