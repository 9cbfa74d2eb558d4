import { configurationCheckSchema } from "@tidings/contract/configuration";
import { problemSchema } from "@tidings/contract/errors";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Answer, type ApiBench, apiBench } from "./bench.conformance.ts";

// The bench checks three documents at most that use what changes.
let bench: ApiBench;
beforeEach(async () => {
  bench = await apiBench();
});
afterEach(() => bench.close());

const put = (path: string, body: unknown) => bench.call(`/v1/${path}`, { method: "PUT", body });
const made = async (path: string, body: unknown) => expect([path, (await put(path, body)).status]).toEqual([path, 200]);
const apply = (documents: unknown) => bench.call("/v1/configuration/apply", { body: { documents } });
const check = async (documents: unknown) =>
  configurationCheckSchema.parse((await bench.call("/v1/configuration/check", { body: { documents } })).json);
const faults = (answer: Answer) => problemSchema.parse(answer.json).errors;
const versionOf = async (path: string) => (await bench.call(`/v1/${path}`)).json;

const letter = (html: string) => ({ email: { html, text: "{{> content}}" } });
const welcome = { layout: "letter", email: { subject: "s", html: "<p>Welcome</p>" } };
const button = (html: string, text = "{{label}}") => ({ html, text });
const asking = button('<b>{{t "pay"}}</b>');
const bill = (messages?: Record<string, string>) => ({
  email: { subject: "s", html: "<p>Bill</p>{{> box}}" },
  ...(messages === undefined ? {} : { messages: { default: messages } }),
});

test("a layout that changes is right around every template where it is right by itself", async () => {
  await made("layouts/letter", letter("<p>{{> content}}</p>"));
  await made("templates/welcome", welcome);
  const greeting = letter('<p>{{t "hello"}} {{> content}}</p>');
  expect(faults(await put("layouts/letter", greeting))?.[0]?.path).toBe("email.html");
  await made("layouts/letter", { ...greeting, messages: { default: { hello: "Hello" } } });
  await made("templates/welcome", welcome);
});

describe("a partial that changes", () => {
  beforeEach(async () => {
    await made("partials/button", button("<b>{{label}}</b>"));
    await made("partials/box", button("<div>{{> button}}</div>", "{{> button}}"));
  });

  test("is refused for a template that takes it in through another partial", async () => {
    await made("templates/bill", bill());
    const refused = await put("partials/button", asking);
    expect(refused.status).toBe(400);
    expect(faults(refused)).toEqual([
      { path: "", message: expect.stringMatching(/^would break the template bill: .*'pay'/) },
    ]);
    const documents = [
      { kind: "partial", key: "button", document: asking },
      { kind: "template", key: "bill", document: bill({ pay: "Pay" }) },
    ];
    expect((await apply(documents)).status).toBe(200);
  });

  test("is refused for a layout that takes it in", async () => {
    await made("layouts/letter", letter("{{> content}}{{> box}}"));
    await made("templates/welcome", welcome);
    expect(faults(await put("partials/button", asking))).toEqual([
      { path: "", message: expect.stringMatching(/^would break the layout letter: .*'pay'/) },
    ]);
  });

  test("is refused in a set, at its place, for a template that does not change with it", async () => {
    await made("templates/bill", bill());
    await made("templates/other", bill());
    const documents = [
      { kind: "template", key: "bill", document: bill({ pay: "Pay" }) },
      { kind: "partial", key: "button", document: asking },
    ];
    expect((await check(documents)).faults).toEqual([
      { kind: "partial", key: "button", path: "", message: expect.stringContaining("the template other: ") },
    ]);
    expect(faults(await apply(documents))).toEqual([
      { path: "documents[1].document", message: expect.stringContaining("the template other: ") },
    ]);
    expect(await versionOf("templates/bill")).toMatchObject({ version: 1 });
  });

  test("is refused as well where an earlier version would be published again", async () => {
    await made("partials/button", asking);
    await made("partials/button", button("<b>{{label}}</b>"));
    await made("templates/bill", bill());
    const refused = await bench.call("/v1/partials/button/rollback", { body: { version: 2 } });
    expect([refused.status, faults(refused)?.[0]?.message]).toEqual([400, expect.stringContaining("template bill")]);
  });

  test("is taken where what uses it had the same fault before", async () => {
    await made("templates/bill", bill({ pay: "Pay" }));
    await made("partials/button", asking);
    // As a version of the server that did not look at it would have left it.
    const { environmentId } = await row("bill");
    const write = { kind: "template", key: "bill", secrets: null, secretNames: [], origin: "" } as const;
    const writes = [{ ...write, document: JSON.stringify(bill()) }];
    await bench.store.writeDocuments({ environmentId, writes, deletes: [], expected: [], now: 1 });
    expect((await put("partials/button", button('<i>{{t "pay"}}</i>'))).status).toBe(200);
    expect((await put("partials/button", button('<i>{{t "owe"}}</i>'))).status).toBe(400);
  });

  test("says how many of those that use it were not checked, as they are too many", async () => {
    for (const key of ["a", "b", "c", "d"]) await made(`templates/${key}`, bill());
    // The partial `box` is looked at first, then a and b.
    const changed = button("<i>{{label}}</i>");
    const documents = [{ kind: "partial", key: "button", document: changed }];
    expect(await check(documents)).toMatchObject({ faults: [], unchecked: 2 });
    expect((await put("partials/button", changed)).json).toMatchObject({ version: 2, unchecked: 2 });
    expect((await put("partials/button", changed)).json).not.toHaveProperty("unchecked");
    expect((await apply([{ ...documents[0], document: button("<u>{{label}}</u>") }])).json).toMatchObject({
      unchecked: 2,
    });
  });
});

async function row(key: string) {
  const [development] = await bench.store.listEnvironments({});
  if (development === undefined) throw new Error("there is no environment");
  const found = await bench.store.getConfiguration({ environmentId: development.id, kind: "template", key });
  if (found === undefined) throw new Error(`there is no template ${key}`);
  return found;
}
