import { problemSchema } from "@tidings/contract/errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
});
afterAll(() => bench.close());

const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });
const remove = (path: string) => bench.call(path, { method: "DELETE" });
const errors = (answer: Answer) => problemSchema.parse(answer.json).errors;
const mail = (html: string, more: object = {}) => ({ email: { subject: "s", html }, ...more });

test("layouts and partials are written, read, listed and deleted as other configuration is", async () => {
  expect((await put("/v1/partials/footer", { html: "<i>bye</i>" })).status).toBe(200);
  expect((await put("/v1/layouts/base", { email: { html: "{{> content}}{{> footer}}" } })).json).toMatchObject({
    key: "base",
    version: 1,
  });
  expect((await bench.call("/v1/layouts/base")).json).toMatchObject({ version: 1 });
  expect((await bench.call("/v1/partials")).json).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ key: "footer", version: 1 })]),
  });
  expect((await remove("/v1/layouts/base")).status).toBe(204);
  expect((await remove("/v1/partials/footer")).status).toBe(204);
});

test("what a template takes in has to be there, and what is in use stays", async () => {
  expect(errors(await put("/v1/templates/t", mail("\n{{> b}}")))).toEqual([
    { path: "email.html", message: "line 2: there is no partial b", line: 2 },
  ]);
  expect(errors(await put("/v1/templates/t", mail("x", { layout: "l" })))).toEqual([
    { path: "layout", message: "there is no such layout" },
  ]);
  await put("/v1/partials/b", { html: "b", text: "b" });
  await put("/v1/layouts/l", { email: { html: "{{> content}}" } });
  expect((await put("/v1/templates/t", mail("{{> b}}", { layout: "l" }))).status).toBe(200);
  for (const path of ["/v1/partials/b", "/v1/layouts/l"]) {
    const answer = await remove(path);
    expect(answer.json).toMatchObject({ status: 409, code: "in_use", detail: "The template t refers to it" });
  }
  expect(errors(await put("/v1/partials/b", { text: "b" }))).toEqual([
    { path: "html", message: "is used by the template t" },
  ]);
  expect((await put("/v1/templates/t", mail("x"))).status).toBe(200);
  expect((await remove("/v1/partials/b")).status).toBe(204);
  expect((await remove("/v1/layouts/l")).status).toBe(204);
});

test("partials that would take each other in are refused", async () => {
  await put("/v1/partials/one", { html: "1" });
  await put("/v1/partials/two", { html: "{{> one}}" });
  expect(errors(await put("/v1/partials/one", { html: "{{> two}}" }))).toEqual([
    { path: "", message: "partial two html line 1: the partial one takes itself in" },
  ]);
  expect(errors(await put("/v1/partials/one", { html: "{{> one}}" }))).toEqual([
    { path: "html", message: "line 1: the partial one takes itself in", line: 1 },
  ]);
});

test("tenants are written, read, listed and deleted, each in its environment", async () => {
  const document = { name: "Acme", branding: { logoUrl: "https://acme.example/l.png", wide: true, size: 3 } };
  expect((await put("/v1/tenants/acme", document)).json).toMatchObject({ key: "acme", version: 1, document });
  expect((await put("/v1/tenants/acme", document)).json).toMatchObject({ version: 1 });
  expect((await put("/v1/tenants/beta", {})).status).toBe(200);
  expect((await bench.call("/v1/tenants/acme")).json).toMatchObject({ version: 1, document });
  expect((await bench.call("/v1/tenants/acme", { key: bench.otherKey })).status).toBe(404);
  const page = await bench.call("/v1/tenants?limit=1");
  expect(page.json).toMatchObject({ items: [{ key: "acme" }], nextCursor: expect.any(String) });
  expect(errors(await put("/v1/tenants/acme", { branding: { a: {} } }))?.map(({ path }) => path)).toEqual([
    "branding.a",
  ]);
  expect((await put("/v1/tenants/no%20key", {})).status).toBe(400);
  expect((await remove("/v1/tenants/acme")).status).toBe(204);
  expect((await remove("/v1/tenants/acme")).status).toBe(404);
});
