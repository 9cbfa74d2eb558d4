import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openPayload } from "../domain/event-payload.ts";
import type { KeywordAnswer } from "../domain/keyword-answer.ts";
import type { InboundMessage } from "../ports/provider.ts";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
/** What was accepted to go out, and the id of its event. */
const accepted: (KeywordAnswer & { event: string })[] = [];
beforeAll(async () => {
  bench = await apiBench(({ ingest }) => ({
    verifyFeedback: async (_environmentId, _integration, { rawBody }) => {
      const inbound = z.array(z.custom<InboundMessage>()).parse(JSON.parse(rawBody.toString()));
      return { status: "verified", feedback: [], inbound };
    },
    ingest: new Proxy(ingest, {
      get: (target, name: keyof typeof ingest) =>
        name === "acceptAnswer"
          ? async (environmentId: number, answer: KeywordAnswer, id: string) => {
              const { id: event } = await ingest.acceptAnswer(environmentId, answer, id);
              if (!accepted.some((one) => one.event === event)) accepted.push({ ...answer, event });
              return { id: event };
            }
          : target[name].bind(target),
    }),
  }));
  await integration("phones", { provider: "test", name: "Shop line" });
  await integration("vendor", { provider: "answering" });
  await integration("asked", { provider: "answering", answersKeywords: true });
  await integration("silent", { provider: "test", answersKeywords: false });
  await bench.call("/v1/categories/news", { method: "PUT", body: { class: "marketing", name: "Our News" } });
});
afterAll(() => bench.close());

/** As it is stored: the bench knows no provider for SMS. */
async function integration(key: string, body: object): Promise<void> {
  const document = JSON.stringify({ channel: "sms", ...body });
  const write = { kind: "integration", key, document, secrets: null, secretNames: [], origin: "" } as const;
  await bench.store.writeDocuments({ environmentId: 1, writes: [write], deletes: [], expected: [], now: 1 });
}

let told = 0;
const phoneOf = (id: string) => `+43660${String(Buffer.from(id).readUInt16BE()).padStart(7, "0")}`;
async function say(id: string, text: string, to = "phones", over: Partial<InboundMessage> = {}) {
  told += 1;
  const message = { id: `m${told}`, from: phoneOf(id), text, at: Date.now() - 60_000 + told * 10, ...over };
  const before = accepted.length;
  const raw = JSON.stringify([message]);
  expect((await bench.call(`/v1/feedback/${to}`, { key: null, method: "POST", raw })).status).toBe(200);
  return { message, answers: accepted.slice(before) };
}
const person = (id: string, body: object = {}) =>
  bench.call(`/v1/recipients/${id}`, { method: "PUT", body: { phone: [phoneOf("zz"), phoneOf(id)], ...body } });
const textsOf = ({ answers }: { answers: KeywordAnswer[] }) => answers.map(({ text }) => text);

test("STOP, START and HELP are answered at the number that said them, by the integration that heard them", async () => {
  await person("ann");
  const { message, answers } = await say("ann", "Stop");
  const addressHash = bench.keyring.hash(1, "sms", phoneOf("ann"));
  expect(answers).toMatchObject([{ recipient: "ann", addressHash, word: "stop", integration: "phones", tenant: "" }]);
  expect(answers[0]?.expiresAt).toBe(message.at + 900_000);
  expect(answers[0]?.stoppedAt).toBeGreaterThanOrEqual(message.at);
  expect(answers[0]?.text).toMatch(/You are unsubscribed/);
  const event = await bench.store.getEvent({ environmentId: 1, id: answers[0]?.event ?? "", limit: 1 });
  expect(event).toMatchObject({ kind: "message", lane: "transactional", expiresAt: answers[0]?.expiresAt });
  const payload = event && openPayload(event, 1, bench.keyring);
  expect(payload?.message).toMatchObject({ channel: "sms", answers: { word: "stop", integration: "phones" } });
  expect((await say("ann", "STOP")).answers).toEqual([]);
  expect((await say("ann", "START")).answers).toMatchObject([{ word: "start" }]);
  expect((await say("ann", "START")).answers).toEqual([]);
  const [help] = (await say("ann", "hilfe?")).answers;
  expect(help).toMatchObject({ word: "help" });
  expect(help).not.toHaveProperty("stoppedAt");
});

test("what a provider tells again, or far too late, gives no second answer", async () => {
  await person("bob");
  const { message, answers } = await say("bob", "STOP");
  expect(answers).toHaveLength(1);
  expect((await say("bob", "STOP", "phones", message)).answers).toEqual([]);
  const help = await say("bob", "HELP");
  expect(help.answers).toHaveLength(1);
  expect((await say("bob", "HELP", "phones", help.message)).answers).toEqual([]);
  expect((await say("bob", "HELP", "phones", { at: Date.now() - 900_001 })).answers).toEqual([]);
});

test("a number gets no more answers in an hour than may be", async () => {
  await person("cat");
  const sent = [];
  for (let index = 0; index < 8; index += 1) sent.push(...(await say("cat", "help")).answers);
  expect(sent).toHaveLength(5);
});

test("where the vendor answers we do not, unless the integration says so; free text and strangers get nothing", async () => {
  await person("dan");
  expect((await say("dan", "HELP", "vendor")).answers).toEqual([]);
  expect((await say("dan", "HELP", "silent")).answers).toEqual([]);
  expect((await say("dan", "HELP", "asked")).answers).toHaveLength(1);
  expect((await say("dan", "stop by at six")).answers).toEqual([]);
  expect((await say("eve", "HELP")).answers).toEqual([]);
});

test("a word with a category is answered for that, and passes no suppression", async () => {
  await person("fay");
  const stop = await say("fay", "stop our news");
  expect(textsOf(stop)).toEqual([expect.stringMatching(/no more messages of "Our News"/)]);
  expect(stop.answers[0]).not.toHaveProperty("stoppedAt");
  expect(textsOf(await say("fay", "start news"))).toEqual([expect.stringMatching(/"Our News" again/)]);
});

test("texts are the tenant's, else the environment's, else built in, in the recipient's language, else in English", async () => {
  await person("lea");
  expect(textsOf(await say("lea", "help"))).toEqual([
    "Shop line sends messages from this number. Reply STOP to get no more.",
  ]);
  const texts = { de: { stop: "{name}: Abgemeldet." }, en: { help: "Ask {contact} {constructor}" } };
  const policy = { keywordAnswers: { name: "The Shop", contact: "help@shop.example", texts } };
  await bench.call("/v1/policies/environment", { method: "PUT", body: policy });
  const tenant = { name: "Acme", keywordAnswers: { texts: { de: { help: "{name} hilft: {contact}" } } } };
  await bench.call("/v1/tenants/acme", { method: "PUT", body: tenant });
  await person("gus", { locale: "de-AT" });
  await person("hal", { locale: "fi" });
  await person("ida", { locale: "de-AT", tenant: "acme" });
  expect(textsOf(await say("gus", "stop"))).toEqual(["The Shop: Abgemeldet."]);
  expect(textsOf(await say("gus", "help"))).toEqual([expect.stringMatching(/The Shop sendet .* Hilfe: help@shop/)]);
  expect(textsOf(await say("hal", "help"))).toEqual(["Ask help@shop.example "]);
  expect(textsOf(await say("ida", "help"))).toEqual(["Acme hilft: help@shop.example"]);
  expect(textsOf(await say("ida", "stop"))).toEqual(["Acme: Abgemeldet."]);
  expect((await say("ida", "start")).answers).toMatchObject([{ tenant: "acme" }]);
});

test("a number that several tenants know is answered for none of them", async () => {
  await person("jon", { tenant: "acme" });
  await bench.call("/v1/recipients/kim", { method: "PUT", body: { phone: phoneOf("jon"), tenant: "other" } });
  expect((await say("jon", "help")).answers).toMatchObject([{ tenant: "", recipient: "jon" }]);
});
