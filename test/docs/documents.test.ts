import { categoryBodySchema } from "@tidings/contract/categories";
import { eventBodySchema } from "@tidings/contract/events";
import { integrationBodySchema } from "@tidings/contract/integrations";
import { messageBodySchema } from "@tidings/contract/messages";
import { recipientBodySchema } from "@tidings/contract/recipients";
import { templateBodySchema } from "@tidings/contract/templates";
import { workflowBodySchema } from "@tidings/contract/workflows";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { pagesOf } from "./page.ts";

/** In the folder secrets are named, and sent by whoever pushes it. */
const inFolder = integrationBodySchema.extend({ secrets: z.record(z.string(), z.json()).optional() });

/** The word beside a block's language says which schema of the contract it has to fit. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  categories: z.record(z.string(), categoryBodySchema),
  event: eventBodySchema,
  integrations: z.record(z.string(), inFolder),
  message: messageBodySchema,
  recipient: recipientBodySchema,
  template: templateBodySchema,
  workflow: workflowBodySchema,
};

const documents = pagesOf("docs/start").flatMap(({ name, blocks }) =>
  blocks
    .filter(({ language }) => language === "yaml" || language === "json")
    .map((block) => ({ name, block, place: `${name}.md:${block.line}` })),
);

describe("YAML and JSON in docs/start", () => {
  test.each(documents)("$place can be read", ({ block }) => {
    expect(parse(block.text)).toBeDefined();
  });

  const named = documents.flatMap(({ block, place }) => {
    const kind = block.words.find((word) => schemas[word] !== undefined);
    return kind === undefined ? [] : [{ place, kind, block }];
  });

  test("stand on pages that are there", () => {
    expect(pagesOf("docs/start").length).toBeGreaterThan(0);
  });

  test.each(named)("$place is a valid $kind", ({ kind, block }) => {
    expect(schemas[kind]?.safeParse(parse(block.text)).error).toBeUndefined();
  });
});
