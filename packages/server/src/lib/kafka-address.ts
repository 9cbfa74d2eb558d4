/** What TIDINGS_QUEUE_URL says about a Kafka: `kafka://user:password@host:9092,host2:9092/prefix`. */
export interface KafkaAddress {
  /** host:port each. */
  brokers: readonly string[];
  /** Stands in front of the names of topics and groups. */
  prefix: string;
  user: { name: string; password: string } | undefined;
}

const standardPort = 9092;
const shape = /^kafka:\/\/(?:([^:@/]+):([^@/]*)@)?([^/?#@]+)(?:\/([^?#]*))?$/;
const hostShape = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;
/** https://github.com/apache/kafka: legal characters of topics, with room for what follows the prefix. */
const prefixShape = /^[a-zA-Z0-9._-]{1,100}$/;

/** Undefined where it is none; options in a query are none. */
export function kafkaAddress(url: string): KafkaAddress | undefined {
  const [, name, password, hosts = "", prefix] = shape.exec(url) ?? [];
  const brokers = hosts.split(",").map(brokerOf);
  const isWhole = hosts !== "" && brokers.every((broker) => broker !== undefined);
  const named = prefix === undefined || prefix === "" ? "tidings" : prefix;
  if (!isWhole || !prefixShape.test(named)) return undefined;
  const address = { brokers: brokers.flatMap((broker) => broker ?? []), prefix: named };
  if (name === undefined || password === undefined) return { ...address, user: undefined };
  try {
    return { ...address, user: { name: decodeURIComponent(name), password: decodeURIComponent(password) } };
  } catch {
    // A percent sign that stands for itself is written %25.
    return undefined;
  }
}

function brokerOf(text: string): string | undefined {
  const [, host, port] = hostShape.exec(text.trim()) ?? [];
  const number = Number(port ?? standardPort);
  return host === undefined || number < 1 || number > 65_535 ? undefined : `${host}:${number}`;
}
