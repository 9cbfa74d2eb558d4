import type { EventSource, EventSourceParts, SourceConfiguration } from "../ports/event-source.ts";
import { type KafkaReading, openKafkaSource } from "./kafka/open-kafka-source.ts";
import { openSqsSource, type SqsReading } from "./sqs/open-sqs-source.ts";

/** What the server's settings say of reading. */
export type SourceReading = KafkaReading & SqsReading;

/** Every type of source. Throws where what is configured cannot be used here. */
export function openSource(source: SourceConfiguration, parts: EventSourceParts, reading: SourceReading): EventSource {
  const { document, secrets } = source;
  return document.type === "kafka"
    ? openKafkaSource(document, secrets, parts, reading)
    : openSqsSource(document, secrets, parts, reading);
}
