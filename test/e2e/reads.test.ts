import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findingSchema } from "@tidings/contract/readiness";
import { workersSchema } from "@tidings/contract/workers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureSmtp } from "../harness/configure-smtp.ts";
import { freePorts } from "../harness/free-port.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings reads "));
const findings = z.object({ items: z.array(findingSchema) });
let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"));
  api = new Api(server.url);
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

async function failing(): Promise<string[]> {
  const { items } = findings.parse((await api.call("GET", "/v1/readiness")).json);
  return items
    .filter(({ code }) => code.endsWith("_failing"))
    .map(({ code, source, integration }) => `${code} ${source ?? integration}`)
    .sort();
}

async function reads(): Promise<string[]> {
  const { items } = workersSchema.parse((await api.call("GET", "/v1/workers")).json);
  return items.flatMap(({ reads: own = [] }) => own.map(({ kind, key, state }) => `${kind} ${key} ${state}`)).sort();
}

test("a source and a mailbox that cannot be read are found by whoever asks for readiness, until they are gone", async () => {
  const [queuePort = 0, imapPort = 0, smtpPort = 0] = await freePorts(3);
  const orders = {
    type: "sqs",
    queueUrl: `http://127.0.0.1:${queuePort}/1/orders`,
    region: "eu-central-1",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secrets: { secretAccessKey: "secret" },
    mapping: { event: { name: "order", recipients: [{ id: { $: "id" } }] } },
  };
  await api.put("/v1/sources/orders", orders);
  const returnMailbox = { host: "127.0.0.1", port: imapPort, username: "bounces" };
  const settings = { port: smtpPort, returnPath: "bounces@acme.test", returnMailbox };
  await configureSmtp(api, settings, { mailboxPassword: "secret" });
  const patience = { timeout: 15_000 };
  await expect.poll(failing, patience).toEqual(["mailbox_failing smtp", "source_failing orders"]);
  expect(await reads()).toEqual(["mailbox smtp failing", "source orders failing"]);
  expect((await api.call("DELETE", "/v1/sources/orders")).status).toBe(204);
  expect((await api.call("DELETE", "/v1/integrations/smtp")).status).toBe(204);
  await expect.poll(failing, patience).toEqual([]);
  await expect.poll(reads, patience).toEqual([]);
});
