import { z } from "zod";
import { limits } from "./limits.ts";
import { sourceMappingSchema } from "./source-mappings.ts";
import { line } from "./text.ts";

const visible = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\x21-\x7e]+$/, { error: "must be visible ASCII" });

const url = line(2048).refine(
  (text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password, search, hash } = new URL(text);
    return (protocol === "https:" || protocol === "http:") && username + password + search + hash === "";
  },
  { error: "must be an http or https URL without user name, password, query and fragment" },
);

const secrets = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).partial().optional();

const shared = {
  name: line(200).optional(),
  enabled: z.boolean().optional(),
  mapping: sourceMappingSchema,
};

const kafkaSourceSchema = z.strictObject({
  ...shared,
  type: z.literal("kafka"),
  /** host:port each. */
  brokers: z
    .array(
      line(300).regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, {
        error: "must be a host and a port, such as kafka-1.example.com:9092",
      }),
    )
    .min(1)
    .max(50),
  /** https://github.com/apache/kafka: legal names of topics. */
  topic: z.string().regex(/^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/, { error: "must be the name of a topic" }),
  group: line(200),
  /** Where a group that is new begins. */
  start: z.enum(["earliest", "latest"]).optional(),
  tls: z.enum(["auto", "verify", "off"]).optional(),
  /** Certificates (PEM) that the brokers' are verified with. */
  ca: z.string().max(100_000).startsWith("-----BEGIN CERTIFICATE-----").optional(),
  saslMechanism: z.enum(["scram-sha-512", "scram-sha-256", "plain"]).optional(),
  user: line(200).optional(),
  secrets: secrets({ password: line(1000) }),
  limits: z
    .strictObject({
      /** Partitions that are worked on at once. */
      concurrency: z.int().min(1).max(64).optional(),
      /** Records of a partition that are settled together. */
      batchMax: z.int().min(1).max(limits.recordsPerBatch).optional(),
    })
    .optional(),
});

const sqsSourceSchema = z.strictObject({
  ...shared,
  type: z.literal("sqs"),
  queueUrl: url,
  region: z
    .string()
    .max(40)
    .regex(/^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/, { error: "must be a region such as eu-central-1" }),
  accessKeyId: z.string().regex(/^\w{16,128}$/, { error: "must be 16 to 128 letters and digits" }),
  /** Takes the calls in place of the queue's own host. */
  baseUrl: url.optional(),
  /** How long a request waits for messages. */
  waitSeconds: z.int().min(0).max(20).optional(),
  /** How long the queue hides a message that was given; that goes on for as long as it waits here. */
  visibilitySeconds: z.int().min(2).max(43_200).optional(),
  secrets: secrets({ secretAccessKey: visible(200), sessionToken: visible(8192) }),
  limits: z
    .strictObject({
      /** Requests for messages under way at once. */
      concurrency: z.int().min(1).max(64).optional(),
      /** Messages of one request. */
      batchMax: z.int().min(1).max(10).optional(),
    })
    .optional(),
});

/** Body of `PUT /v1/sources/{key}`: where events come from besides HTTP. `secrets` are sealed and never given back. */
export const sourceBodySchema = z.discriminatedUnion("type", [kafkaSourceSchema, sqsSourceSchema]);
export type SourceBody = z.infer<typeof sourceBodySchema>;
export type KafkaSourceBody = z.infer<typeof kafkaSourceSchema>;
export type SqsSourceBody = z.infer<typeof sqsSourceSchema>;

/** Secrets that each type needs, and those that it may have. */
export const sourceSecrets: Readonly<
  Record<SourceBody["type"], { needed: readonly string[]; names: readonly string[] }>
> = {
  kafka: { needed: [], names: ["password"] },
  sqs: { needed: ["secretAccessKey"], names: ["secretAccessKey", "sessionToken"] },
};
