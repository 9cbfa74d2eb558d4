import { expect, test } from "vitest";
import { walkTags } from "./html-walk.ts";

/** Tags as they were written, and of `a` the attributes. */
function walked(html: string): string[] {
  const seen: string[] = [];
  walkTags(html, "a", ({ name, ends, from, end, attributes }) => {
    expect(html.slice(from, end)).toMatch(/^<.*>$/s);
    for (const one of attributes) expect(html.slice(one.from, one.end).toLowerCase()).toContain(one.name);
    const told = attributes.map(({ name, value }) => `${name}=${value}`).join("|");
    seen.push(`${ends ? "/" : ""}${name}${told === "" ? "" : ` ${told}`}`);
  });
  return seen;
}

test.each<[string, string, string[]]>([
  ["quotes of both kinds, and none", `<a x="1>" y='2"' z=3>`, [`a x=1>|y=2"|z=3`]],
  ["space around the sign", `<a x = "1>2" y\n=\t'3'>`, ["a x=1>2|y=3"]],
  ["a bare value with quotes and slashes in it", `<a x=a"b>c" y=/z/>`, [`a x=a"b`]],
  ["a bare value up to the end", "<a x=1/>", ["a x=1/"]],
  ["an attribute right behind a quote", `<a x="1"y='2'z>`, ["a x=1|y=2|z="]],
  ["a sign without a name or a value", "<a =x y= z=>", ["a =x=|y=z="]],
  ["upper case", `<A HREF="X"></A>`, ["a href=X", "/a"]],
  ["no space but a slash", "<a/x=1><br/>", ["a x=1", "br"]],
  ["what is no tag", "1 < 2 <3 <> a<", []],
  ["a quote outside of values", `<a " x=1 '>`, [`a "=|x=1|'=`]],
  ["a tag that never ends", `<b><a x="1`, ["b"]],
  ["a value that is never closed", `<a x="1> <a y="2">`, ['a x=1> <a y=|2"=']],
  ["comments", "<!-- <a x=1> --><a y=2><!--[if mso]><a z=3><![endif]--><b>", ["a y=2", "b"]],
  [
    "comments that show what is in them",
    "<!--[if !mso]><!--><a x=1><!--<![endif]--><![if !mso]><a y=2><![endif]>",
    ["a x=1", "a y=2"],
  ],
  ["empty comments", "<!--><a x=1><!---><a y=2>", ["a x=1", "a y=2"]],
  ["a comment that never ends", "<!-- <a x=1>", []],
  ["declarations", '<!doctype html><?xml version="1"?></ ><a x=1>', ["a x=1"]],
  [
    "text that looks like tags",
    "<style>a<a x=1></style><script>'</a>'</scripts></script ><title><a></TITLE><b>",
    ["style", "/style", "script", "/script", "title", "/title", "b"],
  ],
  ["text that never ends", "<textarea><a x=1>", ["textarea"]],
])("%s", (_, html, expected) => {
  expect(walked(html)).toEqual(expected);
});

test("what is broken costs no more than its length", () => {
  const pieces = ["<a ", "<", "<!--", "</style", "<style>", '<a x="', "<a x=", "</", "<a\t"];
  for (const piece of pieces) {
    const from = performance.now();
    walkTags(piece.repeat(100_000), "a", () => {});
    expect(performance.now() - from, piece).toBeLessThan(2000);
  }
});
