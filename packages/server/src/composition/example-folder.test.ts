import { fileURLToPath } from "node:url";
import { layoutBodySchema } from "@tidings/contract/layouts";
import { partialBodySchema } from "@tidings/contract/partials";
import { templateBodySchema } from "@tidings/contract/templates";
import { readFolder } from "@tidings/folder/read-folder";
import { expect, test } from "vitest";
import { HandlebarsEngine } from "../templates/handlebars.ts";

const example = fileURLToPath(new URL("../../../../notifications", import.meta.url));
const limits = { filesMax: 100, fileBytesMax: 100_000, bytesMax: 1e6, runMs: 60_000, memoryMib: 128 };

test("the repository's own example has mails that render, with and without what is optional", async () => {
  const result = await readFolder(example, { limits, secretOf: () => undefined });
  if ("faults" in result) throw new Error(JSON.stringify(result.faults));
  const templates = result.documents.filter(({ kind }) => kind === "template");
  const documentOf = (kind: string, key: string) =>
    result.documents.find((each) => each.kind === kind && each.key === key)?.document;
  const library = {
    layout: (key: string) => layoutBodySchema.parse(documentOf("layout", key)),
    partial: (key: string) => partialBodySchema.parse(documentOf("partial", key)),
  };
  const full = {
    name: "Anna <b>",
    url: "https://example.com/a",
    order: "A-1",
    carrier: "Post",
    trackingUrl: "https://example.com/t",
    items: [{ name: "Mug", count: 2 }],
    title: "News",
    intro: "Hello",
    articles: [{ title: "One", summary: "Two", url: "https://example.com/n" }],
  };
  for (const data of [full, { order: "A-1", title: "News" }]) {
    for (const { document } of templates) {
      const compiled = new HandlebarsEngine().compile(templateBodySchema.parse(document), "email", library);
      const recipient = { id: "anna", attributes: {} };
      const mail = compiled.render({ data, recipient, message: { id: "m" }, tenant: undefined });
      expect(mail.subject).not.toBe("");
      expect(mail.text).toContain("\n");
      expect(mail.html).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/);
      expect(`${mail.html}${mail.text}`).not.toMatch(/undefined|\[object|\{\{/);
      expect(mail.html).not.toContain("<b>");
    }
  }
  expect(templates).toHaveLength(4);
});
