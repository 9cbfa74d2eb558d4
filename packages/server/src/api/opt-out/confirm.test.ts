import { confirmationSchema, type consentBodySchema } from "@tidings/contract/consents";
import { problemSchema } from "@tidings/contract/errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { type ConsentToken, writeConsentToken } from "../../domain/consent-token.ts";
import { type ApiBench, apiBench } from "../bench.conformance.ts";
import { LinkBench } from "./link-bench.conformance.ts";

let bench: ApiBench;
let pages: LinkBench;
beforeAll(async () => {
  bench = await apiBench();
  pages = new LinkBench(bench);
  await bench.call("/v1/categories/news", { method: "PUT", body: { class: "marketing", name: "News" } });
});
afterAll(() => bench.close());

const person = (id: string) =>
  bench.call(`/v1/recipients/${id}`, { method: "PUT", body: { email: `${id}@example.org`, locale: "en" } });
const say = (id: string, action: z.input<typeof consentBodySchema>["action"], channel: "email" | "sms" = "email") =>
  bench.call(`/v1/recipients/${id}/consents`, { body: { purpose: "news", channel, action, source: "form" } });
const ask = (id: string, key?: string) =>
  bench.call(`/v1/recipients/${id}/consents/confirmation`, {
    body: { purpose: "news", channel: "email" },
    ...(key === undefined ? {} : { key }),
  });
const actions = async (id: string) => (await pages.ledger(id)).map(({ action, source }) => `${action} by ${source}`);

function linkOf(recipient: string, over: Partial<ConsentToken> = {}): string {
  const token = {
    environmentId: 1,
    recipient,
    purpose: "news",
    channel: "email",
    addressHash: "",
    tenant: "",
  } as const;
  return `/p/confirm/${writeConsentToken(bench.keyring, { ...token, locale: "en", expiresAt: Date.now() + 1e6, ...over })}`;
}

test("what was requested is confirmed by the button alone, once, and the ledger has both", async () => {
  await person("ann");
  await say("ann", "requested");
  const { url, expiresAt } = confirmationSchema.parse((await ask("ann")).json);
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now() + 86_000_000);
  const path = url.replace("https://n.example", "");
  const page = await pages.open(path);
  expect(page.text).toContain("Do you want to get “News”?");
  expect((await fetch(`http://127.0.0.1:${bench.port}${path}`, { method: "HEAD" })).status).toBe(200);
  expect(await actions("ann")).toEqual(["requested by form"]);
  const answers = await Promise.all([1, 2, 3].map(() => pages.open(path, "POST")));
  for (const { status, text, headers } of answers) {
    expect([status, headers["set-cookie"], headers["location"]]).toEqual([200, undefined, undefined]);
    expect(text).toContain("You have confirmed that you want to get “News”.");
  }
  expect(await actions("ann")).toEqual(["granted by double_opt_in", "requested by form"]);
  expect((await pages.ledger("ann"))[0]).toMatchObject({ confirmed: true, ip: "127.0.0.1" });
  expect((await pages.open(path)).text).toContain("You have confirmed");
  expect((await ask("ann")).status).toBe(400);
});

test("what was withdrawn since, or never requested, is not granted by an old link", async () => {
  await person("ben");
  const never = await pages.open(linkOf("ben"), "POST");
  expect(never.text).toContain("There is nothing to confirm any more.");
  await say("ben", "requested");
  await say("ben", "withdrawn");
  expect((await pages.open(linkOf("ben"), "POST")).text).toContain("There is nothing to confirm any more.");
  expect(await actions("ben")).toEqual(["withdrawn by form", "requested by form"]);
  await say("ben", "requested");
  expect((await pages.open(linkOf("ben"), "POST")).text).toContain("You have confirmed");
  expect((await pages.open(linkOf("nobody"), "POST")).text).toContain("There is nothing to confirm any more.");
});

test("a link that was sent to another address, or on another channel, shows nothing of this one", async () => {
  await person("cat");
  await say("cat", "requested");
  for (const addressHash of [pages.hash("email", "old@example.org"), pages.hash("sms", "cat@example.org")])
    expect((await pages.open(linkOf("cat", { addressHash }), "POST")).text).toContain("nothing to confirm");
  expect(await actions("cat")).toEqual(["requested by form"]);
  const own = linkOf("cat", { addressHash: pages.hash("email", "cat@example.org") });
  expect((await pages.open(own, "POST")).text).toContain("You have confirmed");
});

test("what is forged, altered, expired, of another kind or of another environment grants nothing", async () => {
  await person("dan");
  await say("dan", "requested");
  const good = linkOf("dan");
  const [payload = "", signature = ""] = good.replace("/p/confirm/", "").split(".");
  const altered = Buffer.from(Buffer.from(payload, "base64url").toString().replace("dan", "ann")).toString("base64url");
  const { token } = pages.link({ recipient: "dan" });
  const bad: [string, number][] = [
    [`/p/confirm/${altered}.${signature}`, 404],
    [`/p/confirm/${payload}.${"A".repeat(43)}`, 404],
    [good.slice(0, -1), 404],
    [`/p/confirm/${token}`, 404],
    [good.replace("/p/confirm/", "/p/"), 404],
    [good.replace("/p/confirm/", "/u/"), 404],
    [linkOf("dan", { expiresAt: Date.now() - 1 }), 410],
  ];
  for (const [path, status] of bad)
    for (const method of ["GET", "POST"] as const) expect((await pages.open(path, method)).status, path).toBe(status);
  expect((await pages.open(linkOf("dan", { environmentId: 2 }), "POST")).text).toContain("nothing to confirm");
  expect(await actions("dan")).toEqual(["requested by form"]);
});

test("a link is given for what waits alone, and to its own environment", async () => {
  await person("eve");
  const fault = await ask("eve");
  expect([fault.status, problemSchema.parse(fault.json).errors?.[0]?.path]).toEqual([400, "purpose"]);
  await say("eve", "requested", "sms");
  expect((await ask("eve")).status).toBe(400);
  await say("eve", "requested");
  expect((await ask("eve")).status).toBe(200);
  expect((await ask("eve", bench.otherKey)).status).toBe(404);
});
