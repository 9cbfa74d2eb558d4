import type { SqsSourceBody } from "@tidings/contract/sources";
import type { EventSource, EventSourceParts } from "../../ports/event-source.ts";
import { SqsQueue } from "./sqs-queue.ts";
import { SqsSource } from "./sqs-source.ts";

export interface SqsReading {
  requestTimeoutMs: number;
}

const concurrencyDefault = 2;
const waitDefault = 20;
const visibilityDefault = 30;

export function openSqsSource(
  document: SqsSourceBody,
  { secretAccessKey = "", sessionToken }: Readonly<Record<string, string>>,
  parts: EventSourceParts,
  { requestTimeoutMs }: SqsReading,
): EventSource {
  const { queueUrl, region, accessKeyId, baseUrl, limits = {} } = document;
  const waitSeconds = document.waitSeconds ?? waitDefault;
  const visibilitySeconds = document.visibilitySeconds ?? visibilityDefault;
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  const account = { queueUrl, region, baseUrl, credentials, requestTimeoutMs };
  const bounds = { waitSeconds, visibilitySeconds, batchMax: limits.batchMax ?? 10 };
  return new SqsSource(
    new SqsQueue(account, parts),
    { ...bounds, concurrency: limits.concurrency ?? concurrencyDefault },
    parts,
  );
}
