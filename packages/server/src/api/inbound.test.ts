import { consentSchema } from "@tidings/contract/consents";
import { eventSchema } from "@tidings/contract/events";
import { pageOf } from "@tidings/contract/pages";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import type { InboundMessage } from "../ports/provider.ts";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
const accepted: string[] = [];
beforeAll(async () => {
  bench = await apiBench(({ ingest }) => ({
    verifyFeedback: async (_environmentId, integration, { rawBody }) => {
      const inbound = z.array(z.custom<InboundMessage>()).parse(JSON.parse(rawBody.toString()));
      return integration === "phones" ? { status: "verified", feedback: [], inbound } : undefined;
    },
    ingest: {
      accept: async (...call) => {
        const answer = await ingest.accept(...call);
        if (!accepted.includes(answer.id)) accepted.push(answer.id);
        return answer;
      },
      acceptChange: (...call) => ingest.acceptChange(...call),
      changeEvent: (...call) => ingest.changeEvent(...call),
      acceptAnswer: (...call) => ingest.acceptAnswer(...call),
      acceptBatch: (...call) => ingest.acceptBatch(...call),
      acceptMessage: (...call) => ingest.acceptMessage(...call),
      acceptCampaign: (...call) => ingest.acceptCampaign(...call),
      acceptReplay: (...call) => ingest.acceptReplay(...call),
      selectionOf: (...call) => ingest.selectionOf(...call),
      cancel: (...call) => ingest.cancel(...call),
    },
  }));
  await bench.call("/v1/categories/news", { method: "PUT", body: { class: "marketing", name: "Our News" } });
  await bench.call("/v1/categories/login", { method: "PUT", body: { class: "critical" } });
});
afterAll(() => bench.close());

let minute = 0;
/** Each a minute later than the one before, so that all lie in the past. */
function said(from: string, text: string, id = `m${minute}`): InboundMessage {
  minute += 1;
  return { id, from, text, at: Date.now() - 3_600_000 + minute * 60_000 };
}
const tell = (...inbound: InboundMessage[]) =>
  bench.call("/v1/feedback/phones", { key: null, method: "POST", raw: JSON.stringify(inbound) });
const person = (id: string, phone: string) =>
  bench.call(`/v1/recipients/${id}`, { method: "PUT", body: { phone, email: `${id}@example.org` } });
async function stopped(address: string, channel: "sms" | "chat" = "sms"): Promise<string[]> {
  const addressHash = bench.keyring.hash(1, channel, address);
  const of = { environmentId: 1, after: undefined, channel, addressHash, limit: 10 } as const;
  return (await bench.store.listSuppressions(of)).items.map(({ scope, value }) => `${scope} ${value}`);
}
const ledger = async (id: string) =>
  pageOf(consentSchema).parse((await bench.call(`/v1/recipients/${id}/consents`)).json).items;
const lastEvent = async () => eventSchema.parse((await bench.call(`/v1/events/${accepted.at(-1)}`)).json);

test("STOP ends what the integration sends to the number, START takes it back, and what is told again changes nothing", async () => {
  const phone = "+436601000001";
  const stop = said(phone, "Stop.");
  const start = said(phone, "START");
  expect((await tell(stop)).json).toEqual({ accepted: 1 });
  expect(await stopped(phone)).toEqual(["sender phones"]);
  await tell(stop);
  await tell(start);
  expect(await stopped(phone)).toEqual([]);
  await tell(stop, start, stop);
  expect(await stopped(phone)).toEqual([]);
  await tell(said(phone, "ARRÊT"));
  expect(await stopped(phone)).toEqual(["sender phones"]);
});

test("STOP with a category ends that alone, and the ledger of all who have the number says so, once", async () => {
  const phone = "+436601000002";
  await person("ann", phone);
  await person("ben", phone);
  const stop = said(phone, "stop our news");
  await tell(stop, stop);
  expect(await stopped(phone)).toEqual(["category news"]);
  for (const id of ["ann", "ben"]) {
    const [entry, ...more] = await ledger(id);
    expect(entry).toMatchObject({ purpose: "news", channel: "sms", action: "withdrawn", source: "sms_keyword" });
    expect(entry?.textVersion).toBeUndefined();
    expect(more).toEqual([]);
  }
  await tell(said(phone, "Start NEWS"));
  expect(await stopped(phone)).toEqual([]);
  await tell(stop);
  expect((await ledger("ann")).map(({ action, confirmed }) => [action, confirmed])).toEqual([
    ["granted", true],
    ["withdrawn", undefined],
  ]);
});

test("free text and words go out as one event each, with whoever has the number", async () => {
  const phone = "+436601000003";
  await person("cat", phone);
  const before = accepted.length;
  const free = said(phone, "stop by at six, or stop login");
  await tell(free, free);
  await tell(free);
  expect(accepted).toHaveLength(before + 1);
  const data = { id: free.id, integration: "phones", channel: "sms", text: free.text };
  const event = await lastEvent();
  expect(event).toMatchObject({ name: "message.replied", recipients: ["cat"], data });
  expect(event.data).not.toHaveProperty("keyword");
  expect(await stopped(phone)).toEqual([]);
  await tell(said(phone, "HILFE"));
  expect((await lastEvent()).data).toMatchObject({ keyword: "help" });
  await person("dan", phone);
  await tell(free);
  expect(accepted).toHaveLength(before + 2);
});

test("a number that is not known is heard, and what comes from no number is passed over", async () => {
  const before = accepted.length;
  const answer = await tell(said("+436601000004", "stop"), said("INFO", "stop"), said("12345", "stop"));
  expect([answer.status, answer.json]).toEqual([200, { accepted: 1 }]);
  expect(await stopped("+436601000004")).toEqual(["sender phones"]);
  expect(accepted).toHaveLength(before);
});

test("a provider's clock that is ahead makes nothing that is said later too old", async () => {
  const phone = "+436601000005";
  await tell({ ...said(phone, "stop"), at: Date.now() + 86_400_000 });
  expect(await stopped(phone)).toEqual(["sender phones"]);
  // Both count as said when they came, and of one millisecond the word that stops holds.
  const stoppedBy = Date.now();
  await vi.waitUntil(() => Date.now() > stoppedBy, { interval: 1 });
  await tell({ ...said(phone, "start"), at: Date.now() + 86_400_000 });
  expect(await stopped(phone)).toEqual([]);
});

test("words in a chat are heard for its address there, and what the number said by SMS stays as it was", async () => {
  const number = "+436601000006";
  const address = `whatsapp:${number}`;
  await bench.call("/v1/recipients/eve", { method: "PUT", body: { phone: number, chat: address } });
  const inChat = (text: string) => tell({ ...said(address, text), channel: "chat" });
  expect((await inChat("STOP")).json).toEqual({ accepted: 1 });
  expect(await stopped(address, "chat")).toEqual(["sender phones"]);
  expect(await stopped(number)).toEqual([]);
  expect((await lastEvent()).data).toMatchObject({ channel: "chat", keyword: "stop", text: "STOP" });
  await inChat("start");
  await inChat("stop news");
  expect(await stopped(address, "chat")).toEqual(["category news"]);
  const [entry] = await ledger("eve");
  expect(entry).toMatchObject({ purpose: "news", channel: "chat", action: "withdrawn", source: "chat_keyword" });
});

test("what people say to each other in a group is told of, and stops nothing; a command there does", async () => {
  const address = "-1001234567890";
  await bench.call("/v1/recipients/crew", { method: "PUT", body: { chat: address } });
  await tell({ ...said(address, "stop"), channel: "chat", isTalk: true });
  expect(await stopped(address, "chat")).toEqual([]);
  const event = await lastEvent();
  expect(event).toMatchObject({ recipients: ["crew"], data: { channel: "chat", text: "stop" } });
  expect(event.data).not.toHaveProperty("keyword");
  await tell({ ...said(address, "/stop"), channel: "chat" });
  expect(await stopped(address, "chat")).toEqual(["sender phones"]);
  expect((await lastEvent()).data).toMatchObject({ keyword: "stop" });
});
