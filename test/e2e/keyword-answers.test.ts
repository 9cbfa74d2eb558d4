import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MessageView, messageSchema } from "@tidings/contract/messages";
import { pageOf } from "@tidings/contract/pages";
import { recipientDecisionSchema } from "@tidings/contract/recipient-decisions";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { feedbackSecret } from "../harness/configure-fake.ts";
import { type LinkCollector, startLinkCollector } from "../harness/opt-outs/link-collector.ts";
import { tellInbound } from "../harness/opt-outs/say-no.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/** People answer by SMS: the vendor of the integration `phones` tells of it. */

const folder = mkdtempSync(join(tmpdir(), "tidings answers "));
const phone = "+436601234567";
let server: ServerProcess;
let api: Api;
let ours: LinkCollector;
let others: LinkCollector;

const integration = (baseUrl: string, priority: number, lanes: string[]) => ({
  channel: "sms",
  provider: "simulator",
  priority,
  lanes,
  settings: { baseUrl },
  secrets: { feedbackSecret },
});

beforeAll(async () => {
  server = await startServerProcess(join(folder, "data"));
  api = new Api(server.url);
  ours = await startLinkCollector();
  others = await startLinkCollector();
  await api.put("/v1/integrations/phones", integration(ours.url, 500, ["marketing"]));
  await api.put("/v1/integrations/others", integration(others.url, 1, ["critical", "transactional"]));
  await api.put("/v1/categories/news", { class: "marketing" });
  const quietHours = { from: "00:00", to: "23:59" };
  await api.put("/v1/policies/environment", { keywordAnswers: { name: "The Shop" }, quietHours });
  await api.put("/v1/recipients/ann", { phone: ["+436609999999", phone] });
}, 60_000);
afterAll(async () => {
  await api?.close();
  if (server !== undefined) await stopChild(server);
  ours?.close();
  others?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function answers(): Promise<MessageView[]> {
  const found = await api.call("GET", "/v1/messages?recipient=ann");
  return pageOf(messageSchema)
    .parse(found.json)
    .items.filter(({ category }) => category === "keyword_answers")
    .toReversed();
}
const until = (count: number) =>
  vi.waitUntil(async () => {
    const all = await answers();
    return all.length === count && all.every(({ state }) => state === "sent") ? all : undefined;
  });

test("STOP is confirmed once, at once, through what it has just suppressed, and START and HELP are answered until then", async () => {
  await tellInbound(server.url, { id: "1", from: phone, text: "STOP" });
  const [stop] = await until(1);
  expect(stop).toMatchObject({ lane: "transactional", attempts: [{ integration: "phones", outcome: "accepted" }] });
  expect(Date.parse(stop?.expiresAt ?? "")).toBeLessThanOrEqual(Date.now() + 900_000);
  expect(ours.texts.get(phone)).toMatch(/^The Shop: You are unsubscribed/);
  await tellInbound(server.url, { id: "2", from: phone, text: "Stop!" });
  await tellInbound(server.url, { id: "3", from: phone, text: "START" });
  await until(2);
  expect(ours.texts.get(phone)).toMatch(/^The Shop: You get messages from this number again/);
  await tellInbound(server.url, { id: "4", from: phone, text: "HELP" });
  await until(3);
  expect(ours.texts.get(phone)).toMatch(/^The Shop sends messages/);
  expect([...ours.texts.keys()]).toEqual([phone]);
  expect(others.texts.size).toBe(0);

  const decided = await api.call("GET", "/v1/recipients/ann/decisions");
  const words = pageOf(recipientDecisionSchema)
    .parse(decided.json)
    .items.map(({ text }) => text);
  expect(words[0]).toMatch(/^Sent: it answers the HELP/);
  expect(words.at(-1)).toMatch(/^Sent: it confirms the STOP that came from this number, once/);

  // Who has left may ask for help.
  await tellInbound(server.url, { id: "5", from: phone, text: "STOP" });
  await until(4);
  await tellInbound(server.url, { id: "6", from: phone, text: "HELP" });
  await until(5);
  expect(ours.texts.get(phone)).toMatch(/^The Shop sends messages/);
});
