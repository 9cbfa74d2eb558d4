import { expect, test } from "vitest";
import { clickTarget } from "./click-target.ts";

test.each([
  ["https://shop.example", "https://shop.example/"],
  ["HTTP://Shop.Example/A?b=c d#e", "http://shop.example/A?b=c%20d#e"],
  [" \n https://shop.example/ü ", "https://shop.example/%C3%BC"],
  ["https://bücher.example/", "https://xn--bcher-kva.example/"],
  ["https://shop.example/a\r\n\tb", "https://shop.example/ab"],
])("%j leads to %j", (href, target) => {
  expect(clickTarget(href)).toBe(target);
  expect(clickTarget(target)).toBe(target);
  expect(target).toMatch(/^[\x21-\x7e]+$/);
});

test.each([
  "",
  "#top",
  "/a",
  "a.html",
  "//shop.example/",
  "https:shop.example",
  "https://",
  "https://a b/",
  "https://user@shop.example/",
  "https://:secret@shop.example/",
  "javascript:alert(1)",
  "java\nscript:alert(1)",
  "JavaScript://shop.example/%0aalert(1)",
  "data:text/html,<script>",
  "vbscript:x",
  "mailto:a@shop.example",
  "tel:+431",
  "cid:logo",
  "file:///etc/passwd",
  "blob:https://shop.example/x",
  "view-source:https://shop.example/",
  "{{{unsubscribe}}}",
])("%j leads nowhere by way of us", (href) => {
  expect(clickTarget(href)).toBeUndefined();
});
