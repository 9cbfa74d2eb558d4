import { describe, expect, test } from "vitest";
import { trackedHtml } from "./tracked-html.ts";

/** Links as `[target]`, so that a table shows where each would lead. */
const link = (target: string): string => `[${target}]`;
const tracked = (html: string): string => trackedHtml(html, { link, picture: undefined });

test.each<[string, string, string]>([
  ["double quotes", '<a href="https://a.example/x">x</a>', '<a href="[https://a.example/x]">x</a>'],
  ["single quotes", "<a href='https://a.example/x'>x</a>", '<a href="[https://a.example/x]">x</a>'],
  ["no quotes", "<a href=https://a.example/x>x</a>", '<a href="[https://a.example/x]">x</a>'],
  ["no quotes before a slash", "<a href=https://a.example/x/ />", '<a href="[https://a.example/x/]" />'],
  ["upper case", '<A CLASS=b HREF="HTTPS://A.example/X">', '<A CLASS=b href="[https://a.example/X]">'],
  ["space around the sign", '<a href = "https://a.example/x>y">', '<a href="[https://a.example/x%3Ey]">'],
  [
    "lines in the tag",
    '<a\n  id="i"\n  href="https://a.example/"\n>',
    '<a\n  id="i"\n  href="[https://a.example/]"\n>',
  ],
  ["space in the value", '<a href=" https://a.example/x\n">', '<a href="[https://a.example/x]">'],
  [
    "entities",
    '<a href="https://a.example/?a=1&amp;b=2&#38;c=3&#x26;d=&quot;">',
    '<a href="[https://a.example/?a=1&#38;b=2&#38;c=3&#38;d=%22]">',
  ],
  [
    "a bare ampersand",
    '<a href="https://a.example/?a=1&b=2&copy=3&flag">',
    '<a href="[https://a.example/?a=1&#38;b=2&#38;copy=3&#38;flag]">',
  ],
  ["quotes of the other kind", `<a href='https://a.example/?q="x"'>`, '<a href="[https://a.example/?q=%22x%22]">'],
  [
    "two values, of which the first holds",
    '<a href="https://a.example/1" href="https://a.example/2">',
    '<a href="[https://a.example/1]" href="https://a.example/2">',
  ],
  [
    "no space between attributes",
    '<a class="b"href="https://a.example/"id=i>',
    '<a class="b"href="[https://a.example/]"id=i>',
  ],
  [
    "other attributes that look like it",
    '<a data-href="https://a.example/" xhref=https://b.example/ href="https://c.example/">',
    '<a data-href="https://a.example/" xhref=https://b.example/ href="[https://c.example/]">',
  ],
  [
    "several links",
    '<a href="https://a.example/">1</a><a href="https://b.example/">2</a>',
    '<a href="[https://a.example/]">1</a><a href="[https://b.example/]">2</a>',
  ],
  [
    "an element that is never closed",
    '<p><a href="https://a.example/">x<p>y',
    '<p><a href="[https://a.example/]">x<p>y',
  ],
  [
    "what Outlook alone passes over",
    '<!--[if !mso]><!--><a href="https://a.example/"><!--<![endif]-->',
    '<!--[if !mso]><!--><a href="[https://a.example/]"><!--<![endif]-->',
  ],
  ["a link behind a broken comment", '<!--><a href="https://a.example/">', '<!--><a href="[https://a.example/]">'],
  [
    "a link behind a head that is never closed",
    '<head><title>t</title><body><a href="https://a.example/">',
    '<head><title>t</title><body><a href="[https://a.example/]">',
  ],
])("a link is replaced with %s, and nothing else is", (_, html, expected) => {
  expect(tracked(html)).toBe(expected);
});

test.each([
  ["a script", '<a href="javascript:alert(1)">'],
  ["a script that hides", '<a href="java&#10;script:alert(1)">'],
  ["a mail address", '<a href="mailto:a@a.example">'],
  ["a number", '<a href="tel:+431">'],
  ["a part of the mail", '<a href="cid:logo">'],
  ["an anchor", '<a href="#top">'],
  ["a relative link", '<a href="/x">'],
  ["a link without a scheme", '<a href="//a.example/">'],
  ["a login", '<a href="https://me:secret@a.example/">'],
  ["no value", "<a href><a href=><a>"],
  ["a placeholder of a vendor", '<a href="%unsubscribe_url%"><a href="{{x}}">'],
  ["an entity that this server has no list of", '<a href="https://a.example/?a=1&eacute;">'],
  ["an entity without its end", '<a href="https://a.example/?a&copy&b"><a href="https://a.example/?a&#38b">'],
  ["a link in the head", '<head><link href="https://a.example/"><a href="https://a.example/"></head>'],
  ["a link in a comment", '<!-- <a href="https://a.example/"> -->'],
  ["a link for Outlook alone", '<!--[if mso]><a href="https://a.example/"><![endif]-->'],
  [
    "a link in a style, a script or a title",
    '<style>/* <a href="https://a.example/"> */</style><script>"<a href=https://a.example/>"</script><title><a href="https://a.example/"></title>',
  ],
  ["a link in a value", `<img alt= '<a href="https://a.example/">'>`],
  [
    "other elements",
    '<area href="https://a.example/"><v:roundrect href="https://a.example/"><abbr href="https://a.example/"><img src="https://a.example/">',
  ],
  ["a tag that never ends", '<a href="https://a.example/"'],
  ["a quote that is never closed", '<a href="https://a.example/>x</a>'],
  ["an address in the text", "https://a.example/ <https://a.example/>"],
  ["nothing", ""],
])("%s stays as it was", (_, html) => {
  expect(tracked(html)).toBe(html);
});

test.each([
  ['<a data-no-track href="https://a.example/">', '<a href="https://a.example/">'],
  ['<a href="https://a.example/" data-no-track>', '<a href="https://a.example/">'],
  ['<a href="https://a.example/" DATA-NO-TRACK="yes" id=i>', '<a href="https://a.example/" id=i>'],
  ['<a href="https://a.example/"data-no-track>', '<a href="https://a.example/">'],
  ["<a href=https://a.example/x data-no-track/>", "<a href=https://a.example/x />"],
  ['<a href="mailto:a@a.example" data-no-track>', '<a href="mailto:a@a.example">'],
])("a link that is not to be tracked is left as it is, without the word for it: %s", (html, expected) => {
  expect(tracked(html)).toBe(expected);
});

test("a link for which there is no other stays as it was", () => {
  const html = '<a href="https://a.example/?a&amp;b">';
  expect(trackedHtml(html, { link: () => undefined, picture: undefined })).toBe(html);
});

describe("the picture", () => {
  const pictured = (html: string): string =>
    trackedHtml(html, { picture: 'https://n.example/o/"t' }).replace(/<img [^>]*>/, "[picture]");

  test("is seen by nobody, and breaks out of nothing", () => {
    expect(trackedHtml("", { picture: 'https://n.example/o/"t' })).toBe(
      '<img src="https://n.example/o/&#34;t" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">',
    );
  });

  test.each([
    ["<html><body><p>x</p></body></html>", "<html><body><p>x</p>[picture]</body></html>"],
    ["<BODY>x</BODY >", "<BODY>x[picture]</BODY >"],
    ["x", "x[picture]"],
    ["<body>x</body><!-- </body> -->", "<body>x[picture]</body><!-- </body> -->"],
    ["<body>1</body><body>2</body>", "<body>1</body><body>2[picture]</body>"],
    ['<body><a href="https://a.example/">x</a></body>', '<body><a href="https://a.example/">x</a>[picture]</body>'],
  ])("stands at the end of what is shown: %s", (html, expected) => {
    expect(pictured(html)).toBe(expected);
  });

  test("stands in its place where links come behind it", () => {
    const html = '<body><a href="https://a.example/"></body><a href="https://b.example/">';
    expect(trackedHtml(html, { link, picture: "p" })).toMatch(
      /^<body><a href="\[https:\/\/a.example\/\]"><img src="p" [^>]*><\/body><a href="\[https:\/\/b.example\/\]">$/,
    );
  });
});
