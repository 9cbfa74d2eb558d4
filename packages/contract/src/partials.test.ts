import { expect, test } from "vitest";
import { partialKeysOf } from "./partials.ts";

test("a source's partials are found however they are written; a layout's content is none", () => {
  const source = "{{> a}} {{~> b-1 x=1}} {{>c.d}} {{> [e]}} {{> 'f'}} {{> content}} {{> a}} {{#if x}}{{/if}} > g";
  expect(partialKeysOf(source)).toEqual(["a", "b-1", "c.d", "e", "f"]);
});
