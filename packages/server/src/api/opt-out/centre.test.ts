import type { ConsentView } from "@tidings/contract/consents";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiBench, apiBench } from "../bench.conformance.ts";
import { fieldsOf, LinkBench } from "./link-bench.conformance.ts";

let bench: ApiBench;
let pages: LinkBench;
const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });
beforeAll(async () => {
  bench = await apiBench();
  pages = new LinkBench(bench);
  await put("/v1/categories/news", { class: "marketing", name: "News" });
  await put("/v1/categories/offers", { class: "marketing", description: "A <b>" });
  await put("/v1/categories/orders", { class: "transactional", preferences: { sms: "off" } });
  await put("/v1/categories/login", { class: "critical", name: "Login" });
});
afterAll(() => bench.close());

const wordOf = ({ purpose, channel }: ConsentView): string => `${purpose} ${channel}`;
const preferencesOf = async (id: string) => (await bench.call(`/v1/recipients/${id}/preferences`)).json;

/** Somebody with an address of each kind, and a link of their mail. */
async function person(id: string, more: object = {}) {
  const phone = `+4366012345${String(Object.keys(hashes).length).padStart(3, "0")}`;
  await put(`/v1/recipients/${id}`, { email: `${id}@example.org`, phone, ...more });
  hashes[id] = pages.hash("email", `${id}@example.org`);
  const { token } = pages.link({ recipient: id, addressHash: hashes[id] });
  return { path: `/p/${token}`, left: `/u/${token}`, email: hashes[id], sms: pages.hash("sms", phone) };
}
const hashes: Record<string, string> = {};

test("the centre shows what is in force by category and channel, and a GET changes nothing", async () => {
  const { path } = await person("ann");
  await put("/v1/recipients/ann/preferences", { categories: { news: { email: "weekly" } }, all: { sms: "daily" } });
  const page = await pages.open(path);
  expect(fieldsOf(page.text)).toMatchObject({
    "email:news": "weekly",
    "sms:news": "daily",
    "email:orders": "on",
    "sms:orders": "daily",
    "in_app:offers": "on",
    "shown:email:news": "weekly",
  });
  expect(page.text).toContain("Login <small>(always)</small>");
  expect(page.text).toContain("A &#60;b&#62;");
  expect(page.text).not.toMatch(/name="\w+:login"|<script/);
  const labelled = [...page.text.matchAll(/<label><span>[^<]+<\/span><select/g)];
  expect(labelled).toHaveLength([...page.text.matchAll(/<select/g)].length);
  expect(await pages.ledger("ann")).toEqual([]);
});

test("what is saved is choices, consents and suppressions at once, and what was not touched stays as it is", async () => {
  const { path, email } = await person("ben", { country: "AT" });
  await put("/v1/recipients/ben/preferences", { all: { push: "off" }, categories: { orders: { email: "on" } } });
  const shown = fieldsOf((await pages.open(path)).text);
  expect(shown).toMatchObject({ "email:news": "off", "sms:news": "off", "email:orders": "on" });
  const agent = { "user-agent": "Mail/1", "content-type": "application/x-www-form-urlencoded" };
  const form = new URLSearchParams({ ...shown, "email:news": "daily", "email:orders": "off", "sms:orders": "hourly" });
  const saved = await pages.open(path, "POST", agent, form.toString());
  expect(saved.text).toContain('<p role="status">Your choices are saved.</p>');
  expect(fieldsOf(saved.text)).toMatchObject({ "email:news": "daily", "email:orders": "off", "sms:orders": "hourly" });
  expect(await preferencesOf("ben")).toEqual({
    recipient: "ben",
    all: { push: "off" },
    categories: { news: { email: "daily" }, orders: { email: "off", sms: "hourly" } },
  });
  const said = { source: "preference_centre", ip: "127.0.0.1", userAgent: "Mail/1", jurisdiction: "AT" };
  const ledger = (await pages.ledger("ben")).toSorted((a, b) => wordOf(a).localeCompare(wordOf(b)));
  expect(ledger).toMatchObject([
    { purpose: "news", channel: "email", action: "granted", confirmed: true, ...said },
    { purpose: "orders", channel: "email", action: "withdrawn", ...said },
    { purpose: "orders", channel: "sms", action: "granted", ...said },
  ]);
  expect(ledger[2]?.confirmed).toBeUndefined();
  expect(ledger[0]?.textVersion).toMatch(/-en$/);
  expect(await pages.stored(email)).toMatchObject([{ scope: "category", value: "orders", reason: "preferences" }]);
  const again = await pages.save(path, saved.text, { "email:orders": "on" });
  expect(fieldsOf(again.text)).toMatchObject({ "email:orders": "on" });
  expect(await pages.stored(email)).toEqual([]);
});

test("nothing but what is necessary ends all that is shown, and what somebody else changed meanwhile is left alone", async () => {
  const { path, email } = await person("cat");
  const page = await pages.open(path);
  await put("/v1/recipients/cat/preferences", { categories: { offers: { sms: "weekly" } } });
  await pages.save(path, page.text, { "email:news": "daily" });
  expect(await preferencesOf("cat")).toMatchObject({
    categories: { offers: { sms: "weekly" }, news: { email: "daily" } },
  });
  const all = await pages.open(path);
  const saved = await pages.save(path, all.text, { nothing: "1" });
  const left = Object.entries(fieldsOf(saved.text)).filter(([name]) => !name.startsWith("shown:"));
  expect(new Set(left.map(([, setting]) => setting))).toEqual(new Set(["off"]));
  expect((await pages.stored(email)).map(({ value }) => value)).toEqual(["news", "offers", "orders"]);
});

test("a page that is older than a click takes nothing of it back", async () => {
  const { path, left, email } = await person("dan");
  const page = await pages.open(path);
  await pages.open(left, "POST");
  await pages.save(path, page.text, { "sms:news": "off" });
  expect(await pages.stored(email)).toMatchObject([{ value: "news", reason: "one_click" }]);
  expect(fieldsOf((await pages.open(path)).text)).toMatchObject({ "email:news": "off", "sms:news": "off" });
});

test("what stopped the address otherwise is shown, and is not for a form to undo", async () => {
  const { path, email } = await person("eve");
  const suppression = { channel: "email", scope: "everything", value: "", reason: "bounced", createdAt: 1 } as const;
  await bench.store.addSuppressions({ environmentId: 1, suppressions: [{ ...suppression, addressHash: email }] });
  const page = await pages.open(path);
  expect(page.text).toContain("Email <small>(cannot be reached at present)</small>");
  expect(fieldsOf(page.text)).not.toHaveProperty("email:news");
  await pages.save(path, page.text, { "shown:email:news": "off", "email:news": "on" });
  expect(await pages.stored(email)).toMatchObject([{ scope: "everything" }]);
  expect(await pages.ledger("eve")).toEqual([]);
});

test("of somebody who is not known the address alone is heard", async () => {
  const { token, addressHash } = pages.link({ recipient: "" });
  const page = await pages.open(`/p/${token}`);
  expect(fieldsOf(page.text)).toMatchObject({ "email:news": "on", "shown:email:news": "on" });
  expect(page.text).not.toContain('value="daily"');
  const saved = await pages.save(`/p/${token}`, page.text, { "email:news": "off" });
  expect(fieldsOf(saved.text)).toMatchObject({ "email:news": "off" });
  expect(await pages.stored(addressHash)).toMatchObject([{ scope: "category", value: "news" }]);
  await pages.save(`/p/${token}`, saved.text, { "email:news": "on" });
  expect(await pages.stored(addressHash)).toEqual([]);
});

test("a form that was made up changes nothing that it may not", async () => {
  const { path, email } = await person("fay");
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const made =
    "shown:email:login=on&email:login=off&shown:email:none=on&email:none=off&shown:email:news=on&email:news=x";
  expect((await pages.open(path, "POST", form, made)).status).toBe(200);
  expect((await pages.open(`/p/${path.slice(4)}`, "POST", form, "shown:email:news=on&email:news=off")).status).toBe(
    404,
  );
  expect(await pages.stored(email)).toEqual([]);
  expect(await preferencesOf("fay")).toEqual({ recipient: "fay" });
  expect(await pages.ledger("fay")).toEqual([]);
});

test("one click withdraws the consent, once however often it comes, and the next grant is heard again", async () => {
  const { left, email } = await person("gus", { country: "FR" });
  await bench.call("/v1/recipients/gus/consents", { body: { purpose: "news", action: "granted", source: "form" } });
  const click = () => pages.open(left, "POST", { "user-agent": "Grün/2" });
  await Promise.all([click(), click(), click()]);
  await click();
  expect(await pages.ledger("gus")).toMatchObject([
    {
      purpose: "news",
      channel: "email",
      action: "withdrawn",
      source: "one_click",
      jurisdiction: "FR",
      ip: "127.0.0.1",
    },
    { action: "granted" },
  ]);
  expect((await pages.ledger("gus"))[0]?.userAgent).toMatch(/^Gr.+n\/2$/);
  expect(await pages.stored(email)).toHaveLength(1);
});
