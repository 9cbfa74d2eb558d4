import { problemSchema } from "@tidings/contract/errors";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeEach(async () => {
  bench = await apiBench();
});
afterEach(() => bench.close());

const mapping = { event: { name: { $: "type" }, recipients: [{ $: "user" }] } };
const kafka = { type: "kafka", brokers: ["kafka-1.example.com:9092"], topic: "events", group: "tidings", mapping };
const sqs = {
  type: "sqs",
  queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/events",
  region: "eu-central-1",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  mapping,
};
const put = (body: unknown, key = "orders") => bench.call(`/v1/sources/${key}`, { method: "PUT", body });
const paths = async (body: unknown) => {
  const { status, json } = await put(body);
  return status === 400 ? problemSchema.parse(json).errors?.map(({ path }) => path) : status;
};

test("a source is written and read, its secrets sealed and never shown", async () => {
  const secrets = { secretAccessKey: "top-secret-key" };
  const written = await put({ ...sqs, secrets });
  expect(written.json).toMatchObject({ key: "orders", version: 1, secretNames: ["secretAccessKey"], document: sqs });
  const read = await bench.call("/v1/sources/orders");
  expect(read.text).not.toContain("top-secret-key");
  const row = await bench.store.getConfiguration({ environmentId: 1, kind: "source", key: "orders" });
  expect(row?.document).not.toContain("top-secret-key");
  expect(row?.secrets).not.toContain("top-secret-key");
  await bench.cache.refresh();
  expect(bench.cache.sources()).toMatchObject([{ key: "orders", version: 1, secrets }]);
});

test("secrets that are left out stay, and an earlier version comes back with its own", async () => {
  await put({ ...sqs, secrets: { secretAccessKey: "first" } });
  await put({ ...sqs, waitSeconds: 5 });
  await bench.cache.refresh();
  expect(bench.cache.sources()).toMatchObject([{ version: 2, secrets: { secretAccessKey: "first" } }]);
  await put({ ...sqs, secrets: { secretAccessKey: "second" } });
  expect((await bench.call("/v1/sources/orders/rollback", { body: { version: 1 } })).status).toBe(200);
  await bench.cache.refresh();
  expect(bench.cache.sources()).toMatchObject([{ version: 4, secrets: { secretAccessKey: "first" } }]);
  expect((await bench.call("/v1/sources/orders", { method: "DELETE" })).status).toBe(204);
  await bench.cache.refresh();
  expect(bench.cache.sources()).toEqual([]);
});

test("a fault is told by its path", async () => {
  expect(await paths(kafka)).toBe(200);
  expect(await paths({ ...kafka, brokers: ["no port"], topic: "a/b" })).toEqual(["brokers[0]", "topic"]);
  expect(await paths({ ...kafka, type: "nats" })).toEqual(["type"]);
  expect(await paths({ ...kafka, queueUrl: "https://a.example" })).toEqual(["queueUrl"]);
  expect(await paths({ ...kafka, mapping: { event: { name: { $: 5 }, recipients: "u" } } })).toEqual([
    "mapping.event.name.$",
  ]);
  expect(await paths({ ...kafka, user: "u" })).toEqual(["secrets.password"]);
  expect(await paths({ ...kafka, secrets: { password: "p" } })).toEqual(["user"]);
  expect(await paths({ ...kafka, user: "u", saslMechanism: "plain", tls: "off", secrets: { password: "p" } })).toEqual([
    "tls",
  ]);
  expect(await paths({ ...kafka, tls: "off", ca: "-----BEGIN CERTIFICATE-----" })).toEqual(["ca"]);
  expect(await paths(sqs)).toEqual(["secrets.secretAccessKey"]);
  expect(await paths({ ...sqs, queueUrl: "sqs://a", limits: { batchMax: 11 } })).toEqual([
    "queueUrl",
    "limits.batchMax",
  ]);
  expect(await paths({ ...sqs, secrets: { secretAccessKey: "k", password: "p" } })).toEqual(["secrets.password"]);
});

test("a source of another type does not take over the secrets that are stored", async () => {
  expect(await paths({ ...kafka, user: "u", secrets: { password: "p" } })).toBe(200);
  expect(await paths(sqs)).toEqual(["secrets.secretAccessKey", "secrets.password"]);
  expect(await paths({ ...sqs, secrets: { secretAccessKey: "k" } })).toBe(200);
});

test("a dead letter of a source is shown to its environment alone", async () => {
  const letter = {
    id: "019c8a3e-5f00-8a11-9c2d-3b4e5f607182",
    environmentId: 1,
    source: "orders",
    place: "t/0/1",
    identity: "t/0/1/5",
    reason: "malformed_json",
    detail: "the record is no JSON",
    at: 1_700_000_000_000,
    sealed: null,
  };
  await bench.store.writeSourceLetters({ letters: [letter] });
  const source = { key: "orders", place: "t/0/1" };
  expect((await bench.call("/v1/dead-letters")).json).toMatchObject({ items: [{ kind: "source", source }] });
  expect((await bench.call(`/v1/dead-letters/${letter.id}`)).json).toMatchObject({ kind: "source", source });
  const { otherKey } = bench;
  expect((await bench.call("/v1/dead-letters", { key: otherKey })).json).toEqual({ items: [] });
  expect((await bench.call(`/v1/dead-letters/${letter.id}`, { key: otherKey })).status).toBe(404);
  expect((await bench.call("/v1/dead-letters/replay", { body: {}, key: otherKey })).json).toEqual({
    replayed: 0,
    expired: 0,
  });
  expect((await bench.call("/v1/dead-letters/replay", { body: { channel: "email" } })).json).toEqual({
    replayed: 0,
    expired: 0,
  });
  expect((await bench.call("/v1/dead-letters/replay", { body: {} })).json).toEqual({
    replayed: 0,
    expired: 0,
    refused: 1,
  });
});
