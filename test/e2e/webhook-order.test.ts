import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptedSchema, eventSchema } from "@tidings/contract/events";
import { newWebhookSchema } from "@tidings/contract/webhooks";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../harness/webhook-receiver.ts";

/** What an endpoint is told of recipients, one after the other for each, though it fails and the server is killed. */

const folder = mkdtempSync(join(tmpdir(), "tidings-webhook-order-"));
let receiver: WebhookReceiver;
let server: ServerProcess;
let api: Api;

const calledSchema = z.object({
  recipient: z.string(),
  source: z.string(),
  change: z.string(),
  changed: z.array(z.string()),
  locale: z.string().optional(),
});
interface Call extends z.infer<typeof calledSchema> {
  id: string;
  /** Left out while it is not answered. */
  answer?: number;
}
const calls: Call[] = [];
/** How calls about a recipient are answered, one after the other; with 204 where nothing is said. */
const answers = new Map<string, (() => Promise<number>)[]>();
const of = (recipient: string) => calls.filter((call) => call.recipient === recipient);
const told = (recipient: string) => of(recipient).map(({ locale, answer }) => [locale, answer]);
const until = (holds: () => boolean) => vi.waitUntil(holds, { timeout: 30_000, interval: 10 });

async function start(port: number): Promise<void> {
  server = await startServerProcess(join(folder, "data"), {}, { port });
  api = new Api(server.url);
}

beforeAll(async () => {
  receiver = await startWebhookReceiver(async (id, { data }) => {
    const call: Call = { id, ...calledSchema.parse(data) };
    calls.push(call);
    const status = (await answers.get(call.recipient)?.shift()?.()) ?? 204;
    call.answer = status;
    return status;
  });
  await start(0);
  const made = await api.call("POST", "/v1/webhooks", { url: receiver.url, types: ["recipient.updated"] });
  receiver.secret = newWebhookSchema.parse(made.json).secret;
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
  expect(receiver.forged).toEqual([]);
});

const put = (id: string, locale: string) => api.put(`/v1/recipients/${id}`, { email: `${id}@example.org`, locale });

describe("what an endpoint is told of a recipient", () => {
  test.each([
    ["goes on", "ann", "ben", async () => {}],
    [
      "is killed and started again",
      "cat",
      "dan",
      async () => {
        await stopChild(server, "SIGKILL");
        await api.close();
        await start(server.port);
      },
    ],
  ])(
    "waits for what was not taken before, and nobody else's does: the server %s",
    async (_, one, other, meanwhile) => {
      let release = (): void => {};
      const released = new Promise<number>((resolve) => {
        release = () => resolve(204);
      });
      answers.set(one, [async () => 503, () => released]);
      await put(one, "de");
      await put(one, "fr");
      await until(() => of(one)[0]?.answer === 503);
      await meanwhile();
      await put(other, "de");
      await until(() => of(other)[0]?.answer === 204);
      await until(() => of(one).length === 2);
      await put(other, "fr");
      await until(() => of(other)[1]?.answer === 204);
      expect(told(one)).toEqual([
        ["de", 503],
        ["de", undefined],
      ]);
      release();
      await until(() => of(one)[2]?.answer === 204);
      expect(told(one)).toEqual([
        ["de", 503],
        ["de", 204],
        ["fr", 204],
      ]);
      expect(told(other)).toEqual([
        ["de", 204],
        ["fr", 204],
      ]);
      const [first, again, second] = of(one).map(({ id }) => id);
      expect(again).toBe(first);
      expect(second).not.toBe(first);
    },
    60_000,
  );

  test("comes of an event that brings them along, and of none that changes nothing", async () => {
    const bring = async (locale: string) => {
      const recipients = [{ id: "eve", email: "eve@example.org", locale }];
      const { id } = acceptedSchema.parse((await api.call("POST", "/v1/events", { name: "order", recipients })).json);
      const state = async () => eventSchema.parse((await api.call("GET", `/v1/events/${id}`)).json).state;
      await expect.poll(state, { timeout: 10_000 }).not.toBe("accepted");
    };
    for (const locale of ["de", "de", "fr"]) await bring(locale);
    await until(() => of("eve")[1]?.answer === 204);
    expect(of("eve")).toMatchObject([
      { source: "inline", change: "created", locale: "de" },
      { source: "inline", change: "updated", changed: ["locale"], locale: "fr" },
    ]);
  }, 60_000);
});
