import type { KafkaMessage } from "kafkajs";
import type { SourceRecord } from "../../ports/event-source.ts";

/**
 * The time is part of what tells a record from others: a topic that was made anew has the same offsets for other records.
 */
export function recordOf(topic: string, partition: number, message: KafkaMessage): SourceRecord {
  const { offset, timestamp, key, value, headers = {} } = message;
  const place = `${topic}/${partition}/${offset}`;
  const texts: [string, string][] = [];
  for (const [name, given] of Object.entries(headers)) {
    // Of a header that is there several times the last one counts.
    const last = Array.isArray(given) ? given.at(-1) : given;
    if (last !== undefined) texts.push([name, last.toString()]);
  }
  return {
    place,
    identity: `${place}/${timestamp}`,
    value,
    headers: Object.fromEntries(texts),
    meta: {
      topic,
      partition,
      offset: Number(offset),
      timestamp: Number(timestamp),
      ...(key === null ? {} : { key: key.toString() }),
    },
  };
}
