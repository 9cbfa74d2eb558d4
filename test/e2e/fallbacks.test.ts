import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dryRunSchema } from "@tidings/contract/dry-runs";
import { acceptedSchema, eventSchema } from "@tidings/contract/events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings fallbacks "));
let server: ServerProcess;
let api: Api;
let vendor: Server;

/** A vendor of webhooks and pushes that refuses everything for good. */
async function startVendor(): Promise<string> {
  vendor = createServer((request, response) => {
    request.resume();
    response.writeHead(410).end();
  });
  await new Promise<void>((resolve) => vendor.listen(0, "127.0.0.1", resolve));
  const address = vendor.address();
  if (address === null || typeof address === "string") throw new RangeError("the vendor has no port");
  return `http://127.0.0.1:${address.port}/`;
}

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"));
  api = new Api(server.url);
  const url = await startVendor();
  await api.put("/v1/integrations/hook", {
    channel: "webhook",
    provider: "webhook",
    settings: {},
    secrets: { secret: `whsec_${Buffer.alloc(32, 1).toString("base64")}` },
  });
  await api.put("/v1/integrations/pusher", {
    channel: "push",
    provider: "http",
    settings: {
      baseUrl: url,
      request: { path: "/send", body: { to: { $: "message.to" }, title: { $: "message.push.title" } } },
      answer: { rules: [{ status: 410, is: "permanent" }] },
    },
  });
  await api.put("/v1/integrations/text", { channel: "sms", provider: "sandbox" });
  await api.put("/v1/categories/alarms", { class: "transactional" });
  await api.put("/v1/templates/alarm", {
    webhook: {},
    push: { title: "Alarm", text: "{{data.n}}" },
    sms: { text: "Alarm {{data.n}}" },
  });
  const text = { id: "text", type: "channel", channel: "sms", template: "alarm" };
  for (const [name, channel] of [
    ["alarm", "webhook"],
    ["pushed", "push"],
  ]) {
    const steps = [{ id: "tell", type: "channel", channel, template: "alarm", fallback: { steps: [text] } }];
    await api.put(`/v1/workflows/${name}`, { category: "alarms", steps });
  }
  // Clara is never written to: what her address refused would be held back.
  for (const id of ["anna", "ben", "clara"])
    await api.put(`/v1/recipients/${id}`, {
      phone: "+436641234567",
      webhook: `${url}${id}`,
      push: [`${id}-1`, `${id}-2`],
    });
  await api.put("/v1/recipients/ben/preferences", { all: { sms: "off" } });
}, 60_000);
afterAll(async () => {
  await api.close();
  await stopChild(server);
  vendor.close();
  rmSync(cwd, { recursive: true, force: true });
});

async function sentTo(recipient: string, name = "alarm"): Promise<string> {
  const body = { name, recipients: [recipient], data: { n: 1 } };
  const { status, json } = await api.call("POST", "/v1/events", body);
  expect(status).toBe(202);
  return acceptedSchema.parse(json).id;
}
const shown = async (id: string) => eventSchema.parse((await api.call("GET", `/v1/events/${id}`)).json);
const patience = { timeout: 15_000 };
async function messagesOf(id: string): Promise<string[]> {
  const { runs, messages: direct } = await shown(id);
  return [...runs.flatMap((run) => run.messages), ...direct].map(({ step, state }) => `${step} ${state}`).sort();
}

test("a call that is refused for good is followed by a text, and why is told", async () => {
  const id = await sentTo("anna");
  await expect.poll(() => messagesOf(id), patience).toEqual(["tell failed", "text sent"]);
  expect((await shown(id)).decisions).toMatchObject([{ step: "tell", outcome: "fallback", reason: "fallback_failed" }]);
  const env = { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey };
  const { stdout } = await tidings(["why", "anna"], { cwd, env });
  expect(stdout).toMatch(/Something else is sent in its place: it failed for good by webhook/);
});

test("who has said no to texts gets none, which is on record", async () => {
  const id = await sentTo("ben");
  const decisions = async () => (await shown(id)).decisions.map(({ step, reason }) => `${step} ${reason}`);
  await expect.poll(decisions, patience).toEqual(["tell fallback_failed", "text opted_out"]);
});

test("pushes that no device of a recipient takes are followed by one text", async () => {
  const id = await sentTo("anna", "pushed");
  await expect.poll(() => messagesOf(id), patience).toEqual(["tell failed", "tell failed", "text sent"]);
  const decisions = (await shown(id)).decisions.map(({ step, reason }) => `${step} ${reason}`);
  expect(decisions).toEqual(["tell fallback_failed"]);
});

test("a dry run tells what goes out instead, if a message is taken to have failed, and that nothing does if it is not", async () => {
  const steps = async (state: string) => {
    const body = { recipients: ["clara"], data: { n: 1 }, assume: { messages: { tell: { state } } } };
    const { status, json } = await api.call("POST", "/v1/workflows/alarm/dry-run", body);
    expect(status).toBe(200);
    const { outcomes } = dryRunSchema.parse(json);
    return outcomes.filter(({ sends }) => sends).map(({ step, decisions }) => [step, decisions[0]?.reason]);
  };
  expect(await steps("failed")).toEqual([
    ["tell", "workflow_step"],
    ["text", "fallback_of"],
  ]);
  expect(await steps("delivered")).toEqual([["tell", "workflow_step"]]);
});

test("a fallback without its time, or that names a template that is not there, is refused by its path", async () => {
  const text = { id: "text", type: "channel", channel: "sms", template: "nowhere" };
  const step = (fallback: object) => ({ id: "tell", type: "channel", channel: "webhook", template: "alarm", fallback });
  const put = (fallback: object) =>
    api.call("PUT", "/v1/workflows/wrong", { category: "alarms", steps: [step(fallback)] });
  const faults = async (fallback: object) => JSON.stringify((await put(fallback)).json);
  expect(await faults({ on: ["undelivered"], steps: [text] })).toContain("steps[0].fallback.afterSeconds");
  expect(await faults({ steps: [text] })).toContain("steps[0].fallback.steps[0].template");
  expect(await faults({ steps: [] })).toContain("steps[0].fallback.steps");
});
