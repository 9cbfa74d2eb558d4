import { sourceBodySchema } from "@tidings/contract/sources";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { compileMapping } from "../../packages/server/src/domain/source-mapping.ts";
import { pagesOf } from "./page.ts";

/** In the folder secrets are named. */
const documentsSchema = z.record(
  z.string(),
  z.looseObject({ secrets: z.record(z.string(), z.object({ fromEnv: z.string() })) }),
);

const blocks = pagesOf("docs/operate").find(({ name }) => name.endsWith("sources"))?.blocks ?? [];
const ofLanguage = (language: string) =>
  blocks.filter((block) => block.language === language).map(({ text }) => parse(text));

test("the sources of the operator's page can be pushed, and its record becomes the event that it tells of", () => {
  const sources = ofLanguage("yaml").flatMap((block) => Object.values(documentsSchema.parse(block)));
  expect(sources).toHaveLength(2);
  const [first] = sources.map(({ secrets: _named, ...document }) => sourceBodySchema.parse(document));
  if (first === undefined) return expect.unreachable();
  const [value] = ofLanguage("json");
  const result = compileMapping(first.mapping)({ value, headers: {}, meta: {} });
  const email = "anna@example.com";
  expect(result).toMatchObject({
    status: "mapped",
    items: [
      {
        idempotencyKey: "8f2c-1",
        body: { name: "user.welcome", recipients: [{ id: email, email }], data: { first_name: "Anna" } },
      },
    ],
  });
});
