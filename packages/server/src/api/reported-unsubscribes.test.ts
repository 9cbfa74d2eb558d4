import { consentSchema } from "@tidings/contract/consents";
import { pageOf } from "@tidings/contract/pages";
import { afterAll, beforeAll, expect, test } from "vitest";
import { environmentId, FeedbackBench } from "./feedback.conformance.ts";

let feedback: FeedbackBench;
beforeAll(async () => {
  feedback = await FeedbackBench.open();
  await put("/v1/categories/news", { class: "marketing" });
  await put("/v1/categories/login", { class: "critical" });
});
afterAll(() => feedback.bench.close());

const put = (path: string, body: unknown) => feedback.bench.call(path, { method: "PUT", body });
const hashOf = (id: string) => feedback.bench.keyring.hash(environmentId, "email", `${id}@example.org`);
const hour = 3_600_000;
/** Hours before now. */
const ago = (hours: number) => Date.now() - hours * hour;

async function messageTo(id: string, over: { lane?: "critical" | "marketing"; category?: string } = {}) {
  return feedback.sent({ recipient: id, addressHash: hashOf(id), lane: "marketing", category: "news", ...over });
}
async function person(id: string): Promise<void> {
  await put(`/v1/recipients/${id}`, { email: `${id}@example.org` });
}
const say = (id: string, action: "granted" | "withdrawn", at: number) =>
  feedback.bench.call(`/v1/recipients/${id}/consents`, {
    body: { purpose: "news", channel: "email", action, source: "form", at: new Date(at).toISOString() },
  });

const unsubscribed = (messageId: string, at: number) => ({ messageId, kind: "unsubscribed" as const, at });
async function suppressions(id: string): Promise<string[]> {
  const of = { environmentId, after: undefined, channel: "email", addressHash: hashOf(id), limit: 10 } as const;
  const { items } = await feedback.bench.store.listSuppressions(of);
  return items.map(({ scope, value, reason }) => `${scope} ${value} ${reason}`);
}
const ledger = async (id: string) =>
  pageOf(consentSchema).parse((await feedback.bench.call(`/v1/recipients/${id}/consents`)).json).items;
const isHeld = async (id: string) =>
  (await feedback.corner.start(
    await feedback.corner.queued({ recipient: id, addressHash: hashOf(id), lane: "marketing", category: "news" }),
  )) === "suppressed";

const left = ["category news unsubscribed"];

test("who unsubscribed with the vendor gets no more of the category, and ledger and choices say so, once", async () => {
  await person("ann");
  const { id } = await messageTo("ann");
  const at = ago(2);
  const told = unsubscribed(id, at);
  expect((await feedback.tell(told, told)).json).toEqual({ accepted: 2 });
  await feedback.tell(told);
  expect(await suppressions("ann")).toEqual(left);
  const [entry, ...more] = await ledger("ann");
  expect(entry).toMatchObject({ purpose: "news", channel: "email", action: "withdrawn", source: "provider" });
  expect([Date.parse(entry?.at ?? ""), more]).toEqual([at, []]);
  expect(await isHeld("ann")).toBe(true);
});

test("what they said later holds, however often the report is told again", async () => {
  await person("ben");
  const { id } = await messageTo("ben");
  const told = unsubscribed(id, ago(3));
  await feedback.tell(told);
  await say("ben", "granted", ago(2));
  const keys = [{ channel: "email", addressHash: hashOf("ben"), scope: "category", value: "news" }] as const;
  await feedback.bench.store.removeSuppressions({ environmentId, keys });
  await feedback.tell(told);
  expect(await suppressions("ben")).toEqual([]);
  expect(await isHeld("ben")).toBe(false);
  await feedback.tell(unsubscribed(id, ago(1)));
  expect([await suppressions("ben"), await isHeld("ben")]).toEqual([left, true]);
});

test("a report that comes late, behind what they said later, changes nothing", async () => {
  await person("cat");
  const { id } = await messageTo("cat");
  await say("cat", "granted", ago(1));
  await feedback.tell(unsubscribed(id, ago(2)));
  expect(await suppressions("cat")).toEqual([]);
  expect(await ledger("cat")).toHaveLength(1);
});

test("of two reports of one message the later one counts, in any order", async () => {
  for (const id of ["dan", "eve"]) {
    await person(id);
    const message = await messageTo(id);
    const [early, late] = [ago(3), ago(1)];
    const told = [unsubscribed(message.id, early), unsubscribed(message.id, late)];
    await feedback.tell(...(id === "dan" ? told : told.toReversed()));
    expect((await ledger(id)).map(({ at }) => Date.parse(at))).toEqual([late]);
  }
});

test("what is critical goes on", async () => {
  await person("fay");
  const { id } = await messageTo("fay", { lane: "critical", category: "login" });
  expect((await feedback.tell(unsubscribed(id, ago(1)))).json).toEqual({ accepted: 1 });
  expect([await suppressions("fay"), await ledger("fay")]).toEqual([[], []]);
});

test("of somebody who is not known the address alone is left to be heard, and of no message nothing", async () => {
  const { id } = await messageTo("gus");
  expect((await feedback.tell(unsubscribed(id, ago(1)))).status).toBe(200);
  expect(await suppressions("gus")).toEqual(left);
  const unknown = await feedback.tell(unsubscribed(feedback.corner.id(), ago(1)), unsubscribed("their-own", ago(1)));
  expect([unknown.status, unknown.json]).toEqual([200, { accepted: 1 }]);
});

test("a vendor's clock that is ahead makes nothing that is said later too old", async () => {
  await person("hal");
  const { id } = await messageTo("hal");
  await feedback.tell(unsubscribed(id, Date.now() + 10 * hour));
  expect(await isHeld("hal")).toBe(true);
  await say("hal", "granted", Date.now());
  const keys = [{ channel: "email", addressHash: hashOf("hal"), scope: "category", value: "news" }] as const;
  await feedback.bench.store.removeSuppressions({ environmentId, keys });
  expect(await isHeld("hal")).toBe(false);
});
