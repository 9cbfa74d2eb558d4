import {
  configurationCheckSchema,
  configurationVersionSchema,
  environmentsSchema,
} from "@tidings/contract/configuration";
import { type Fault, problemSchema } from "@tidings/contract/errors";
import { pageOf } from "@tidings/contract/pages";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Answer, type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeEach(async () => {
  bench = await apiBench();
});
afterEach(() => bench.close());

const put = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  bench.call(path, { method: "PUT", body, headers });
const apply = (body: unknown, key?: string) => bench.call("/v1/configuration/apply", { body, ...(key ? { key } : {}) });
const check = async (body: unknown) =>
  configurationCheckSchema.parse((await bench.call("/v1/configuration/check", { body })).json);
const fail = (): never => {
  throw new Error("there is no answer");
};
const problem = (answer: Answer) => problemSchema.parse(answer.json);
const faults = (answer: Answer): Fault[] => problem(answer).errors ?? [];
const versions = async (path: string) =>
  pageOf(configurationVersionSchema).parse((await bench.call(`${path}/versions`)).json).items;

const workflow = (template = "t", category = "news") => ({
  category,
  steps: [{ id: "mail", type: "channel", channel: "email", template }],
});
const template = (text = "hello") => ({ email: { subject: "s", text } });
/** Whatever refers to something stands before it. */
const all = [
  { kind: "workflow", key: "w", document: workflow() },
  { kind: "template", key: "t", document: template() },
  { kind: "category", key: "news", document: { class: "marketing" } },
  { kind: "tenant", key: "acme", document: { name: "Acme" } },
];

describe("documents that are written together", () => {
  test("may refer to each other in any order", async () => {
    const expected = all.map(({ kind, key }) => ({ kind, key, version: 1, change: "created" }));
    expect(await check({ documents: all })).toEqual({ faults: [], documents: expected });
    expect((await bench.call("/v1/workflows/w")).status).toBe(404);
    expect((await apply({ documents: all })).json).toEqual({ documents: expected });
    expect((await bench.call("/v1/workflows/w")).json).toMatchObject({ version: 1 });
    expect((await bench.call("/v1/tenants/acme")).json).toMatchObject({ document: { name: "Acme" } });
    expect((await apply({ documents: all })).json).toEqual({
      documents: expected.map((each) => ({ ...each, change: "unchanged" })),
    });
  });

  test("are all refused where one has a fault, which is told by kind, key, path and line", async () => {
    const documents = [
      ...all,
      { kind: "template", key: "bad", document: template("one\n{{#if data.x}}\n") },
      { kind: "workflow", key: "lost", document: workflow("nowhere", "nothing") },
    ];
    const { faults: found, documents: none } = await check({ documents });
    expect(none).toEqual([]);
    expect(found).toEqual([
      expect.objectContaining({ kind: "template", key: "bad", path: "email.text", line: expect.any(Number) }),
      { kind: "workflow", key: "lost", path: "category", message: "there is no such category" },
      { kind: "workflow", key: "lost", path: "steps[0].template", message: "there is no such template" },
    ]);
    expect(found[0]?.message).not.toMatch(/^line/);
    const refused = await apply({ documents });
    expect(refused.status).toBe(400);
    expect(faults(refused).map(({ path }) => path)).toEqual([
      "documents[4].document.email.text",
      "documents[5].document.category",
      "documents[5].document.steps[0].template",
    ]);
    expect((await bench.call("/v1/categories/news")).status).toBe(404);
  });

  test("tell of every document whose shape is wrong, and of what is there twice", async () => {
    const documents = [
      { kind: "category", key: "a", document: { class: "urgent" } },
      { kind: "tenant", key: "b", document: { colour: 1 } },
      { kind: "category", key: "c", document: { class: "critical" } },
    ];
    const found = await check({ documents, delete: [{ kind: "category", key: "c" }] });
    expect(found.faults.map(({ kind, key, path }) => [kind, key, path])).toEqual([
      ["category", "c", ""],
      ["category", "a", "class"],
      ["tenant", "b", "colour"],
    ]);
  });

  test("may replace and delete what else refers to, as long as all holds together then", async () => {
    await apply({ documents: all });
    const moved = { kind: "workflow", key: "w", document: workflow("t2") };
    const renamed = { kind: "template", key: "t2", document: template() };
    const gone = [{ kind: "template", key: "t" }];
    expect((await check({ documents: [renamed], delete: gone })).faults).toEqual([
      { kind: "template", key: "t", path: "", message: "the workflow w refers to it" },
    ]);
    expect(
      (await check({ documents: [{ kind: "template", key: "t", document: { sms: { text: "x" } } }] })).faults,
    ).toEqual([{ kind: "template", key: "t", path: "email", message: "is used by the workflow w" }]);
    expect((await apply({ documents: [moved, renamed], delete: gone })).json).toEqual({
      documents: [
        { kind: "workflow", key: "w", version: 2, change: "changed" },
        { kind: "template", key: "t2", version: 1, change: "created" },
        { kind: "template", key: "t", version: 2, change: "deleted" },
      ],
    });
    expect((await bench.call("/v1/templates/t")).status).toBe(404);
  });

  test("may go together with all that refers to them, and not while something stays that does", async () => {
    await apply({ documents: all });
    const kept = await check({ documents: [all[0]], delete: [{ kind: "template", key: "t" }] });
    expect(kept.faults.map(({ kind, key, path }) => [kind, key, path])).toEqual([
      ["workflow", "w", "steps[0].template"],
      ["template", "t", ""],
    ]);
    const gone = await apply({ documents: [], delete: all.slice(0, 3).map(({ kind, key }) => ({ kind, key })) });
    expect(gone.json).toMatchObject({
      documents: [{ change: "deleted" }, { change: "deleted" }, { change: "deleted" }],
    });
  });

  test("are refused where something was written since they were compared", async () => {
    await apply({ documents: all });
    await put("/v1/templates/t", template("another"));
    const documents = [{ kind: "template", key: "t", document: template("mine") }];
    const expect1 = [{ kind: "template", key: "t", version: 1 }];
    for (const call of ["check", "apply"]) {
      const answer = await bench.call(`/v1/configuration/${call}`, { body: { documents, expect: expect1 } });
      expect(problem(answer)).toMatchObject({ code: "version_conflict", detail: "The template t is at version 2" });
    }
    expect((await apply({ documents, expect: [{ kind: "template", key: "t", version: 2 }] })).status).toBe(200);
  });

  test("of one environment change no other's", async () => {
    await apply({ documents: all });
    const { otherKey: key } = bench;
    expect((await bench.call("/v1/workflows/w/versions", { key })).status).toBe(404);
    const answer = await bench.call("/v1/workflows/w/rollback", { body: { version: 1 }, key });
    expect(answer.status).toBe(404);
    expect((await apply({ documents: [], delete: [{ kind: "workflow", key: "w" }] }, key)).json).toEqual({
      documents: [],
    });
    expect((await bench.call("/v1/workflows/w")).status).toBe(200);
  });

  test("keep the secrets of integrations that they give none for", async () => {
    const integration = { channel: "email", provider: "test", settings: { url: "x" } };
    const document = { ...integration, secrets: { password: "hunter2" } };
    await apply({ documents: [{ kind: "integration", key: "i", document }] });
    const again = await apply({ documents: [{ kind: "integration", key: "i", document: integration }] });
    expect(again.json).toMatchObject({ documents: [{ change: "unchanged" }] });
    const rotated = { ...document, secrets: { password: "hunter3" } };
    expect(await check({ documents: [{ kind: "integration", key: "i", document: rotated }] })).toMatchObject({
      documents: [{ change: "changed", version: 2 }],
    });
  });
});

describe("versions", () => {
  beforeEach(async () => {
    await apply({ documents: all });
  });

  test("are listed, read, and published again exactly", async () => {
    for (const text of ["two", "three"]) await put("/v1/templates/t", template(text));
    const first = await bench.call("/v1/templates/t?version=1");
    expect(first.json).toMatchObject({ version: 1, document: template() });
    const rolled = await bench.call("/v1/templates/t/rollback", { body: { version: 1 } });
    expect(rolled.json).toMatchObject({ version: 4, origin: "version 1", document: template() });
    expect(
      (await versions("/v1/templates/t")).map(({ version, current, origin }) => [version, current, origin]),
    ).toEqual([
      [4, true, "version 1"],
      [3, false, undefined],
      [2, false, undefined],
      [1, false, undefined],
    ]);
    expect((await bench.call("/v1/templates/t?version=9")).status).toBe(404);
    expect((await bench.call("/v1/templates/t/rollback", { body: { version: 9 } })).status).toBe(404);
  });

  test("that are deletions are listed, and neither shown nor published again", async () => {
    await bench.call("/v1/workflows/w", { method: "DELETE" });
    expect((await versions("/v1/workflows/w"))[0]).toMatchObject({ version: 2, deleted: true, current: true });
    expect((await bench.call("/v1/workflows/w?version=2")).status).toBe(404);
    expect((await bench.call("/v1/workflows/w/rollback", { body: { version: 2 } })).status).toBe(404);
    expect((await bench.call("/v1/workflows/w/rollback", { body: { version: 1 } })).json).toMatchObject({ version: 3 });
  });

  test("are not published again where what they refer to is gone", async () => {
    await put("/v1/templates/t2", template());
    await put("/v1/workflows/w", workflow("t2"));
    await bench.call("/v1/templates/t", { method: "DELETE" });
    const answer = await bench.call("/v1/workflows/w/rollback", { body: { version: 1 } });
    expect(faults(answer)).toEqual([{ path: "steps[0].template", message: "there is no such template" }]);
    expect((await bench.call("/v1/workflows/w")).json).toMatchObject({ version: 2 });
  });

  test("of integrations come back with the secrets that they had", async () => {
    const integration = (password: string) => ({ channel: "email", provider: "test", secrets: { password } });
    const secretsOf = async () => {
      const row = await bench.store.getConfiguration({ environmentId: 1, kind: "integration", key: "i" });
      return row?.secrets;
    };
    await put("/v1/integrations/i", integration("first"));
    const before = await secretsOf();
    await put("/v1/integrations/i", integration("second"));
    expect(await secretsOf()).not.toBe(before);
    await bench.call("/v1/integrations/i/rollback", { body: { version: 1 } });
    expect(await secretsOf()).toBe(before);
  });

  test("that a caller has seen guard its write, delete and rollback", async () => {
    await put("/v1/templates/t", template("two"));
    const stale = { "if-match": '"1"' };
    const answers = [
      await put("/v1/templates/t", template("three"), stale),
      await bench.call("/v1/workflows/w", { method: "DELETE", headers: { "if-match": '"7"' } }),
      await bench.call("/v1/templates/t/rollback", { body: { version: 1 }, headers: stale }),
      await put("/v1/templates/new", template(), stale),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409, 409]);
    expect(problem(answers[3] ?? fail())).toMatchObject({ detail: "There is no template new" });
    expect((await put("/v1/templates/t", template("three"), { "if-match": '"2"' })).status).toBe(200);
    expect(faults(await put("/v1/templates/t", template("x"), { "if-match": "3" }))[0]?.path).toBe("If-Match");
  });
});

test("the environments are listed, and the key's own is named", async () => {
  const names = { items: [{ key: "development" }, { key: "production" }] };
  expect(environmentsSchema.parse((await bench.call("/v1/environments")).json)).toEqual({
    ...names,
    current: "development",
  });
  expect((await bench.call("/v1/environments", { key: bench.otherKey })).json).toEqual({
    ...names,
    current: "production",
  });
});

describe("a workflow's schema of its event's data", () => {
  const schema = { type: "object", required: ["order"], properties: { order: { type: "string" } } };

  test("is checked when it is written", async () => {
    await apply({ documents: all });
    const answer = await put("/v1/workflows/w", {
      ...workflow(),
      data: { type: "object", properties: { a: { pattern: "(?=x)" } } },
    });
    expect(faults(answer)[0]?.path).toBe("data.properties.a.pattern");
    expect(faults(await put("/v1/workflows/w", { ...workflow(), data: { typ: "object" } }))[0]?.path).toBe("data");
  });

  test("refuses events that it does not fit, each by its path, and in a batch each alone", async () => {
    await apply({
      documents: [{ kind: "workflow", key: "w", document: { ...workflow(), data: schema } }, ...all.slice(1)],
    });
    await bench.cache.refresh();
    const event = (data?: object, name = "w") => ({ name, recipients: ["u"], ...(data ? { data } : {}) });
    const bad = await bench.call("/v1/events", { body: event({ order: 5 }) });
    expect(faults(bad)).toEqual([{ path: "data.order", message: "must be string" }]);
    expect(faults(await bench.call("/v1/events", { body: event() }))).toEqual([
      { path: "data.order", message: "is missing" },
    ]);
    expect((await bench.call("/v1/events", { body: event({ order: "A-1" }) })).status).toBe(202);
    expect((await bench.call("/v1/events", { body: event({ order: 5 }, "other") })).status).toBe(202);
    const batch = await bench.call("/v1/events/batch", { body: { events: [event({ order: "a" }), event({})] } });
    expect(batch.json).toMatchObject({
      results: [{ id: expect.any(String) }, { error: { errors: [{ path: "events[1].data.order" }] } }],
    });
  });
});
