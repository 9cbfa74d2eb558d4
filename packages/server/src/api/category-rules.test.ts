import type { CategoryBody } from "@tidings/contract/categories";
import { expect, test } from "vitest";
import type { ConfigurationRow } from "../ports/store/configuration.ts";
import { categoryFaults, categoryUsing } from "./category-rules.ts";

const sunset = { afterDays: 90, template: "still-there" };
const row = (kind: ConfigurationRow["kind"], key: string, document: object): ConfigurationRow => ({
  environmentId: 1,
  kind,
  key,
  version: 1,
  document: JSON.stringify(document),
  secrets: null,
  secretNames: [],
  origin: "",
  current: true,
  deleted: false,
  sequence: 1,
  updatedAt: 1,
});
const rows = [row("template", "still-there", { email: {} }), row("category", "news", { class: "marketing", sunset })];
const store = {
  getConfiguration: async ({ kind, key }: { kind: string; key: string }) =>
    rows.find((each) => each.kind === kind && each.key === key),
  listConfiguration: async ({ kind }: { kind: string }) => rows.filter((each) => each.kind === kind),
};

const faults = (document: CategoryBody) => categoryFaults(store, 1, document);

test("only marketing sleeps, and asks by a template that is there", async () => {
  expect(await faults({ class: "marketing", sunset })).toEqual([]);
  expect(await faults({ class: "transactional" })).toEqual([]);
  expect(await faults({ class: "transactional", sunset })).toMatchObject([{ path: "sunset" }]);
  const unknown = { ...sunset, template: "nobody" };
  expect(await faults({ class: "marketing", sunset: unknown })).toMatchObject([{ path: "sunset.template" }]);
});

test("a template by which a category asks has a user", async () => {
  expect(await categoryUsing(store, 1, "still-there")).toEqual({ kind: "category", key: "news" });
  expect(await categoryUsing(store, 1, "other")).toBeUndefined();
});
