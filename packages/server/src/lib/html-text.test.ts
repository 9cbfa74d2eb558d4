import fc from "fast-check";
import { expect, test } from "vitest";
import { textOfHtml } from "./html-text.ts";

test.each([
  ["paragraphs and breaks", "<p>One\n  two</p><p>Three<br>four<br><br>five</p>", "One two\n\nThree\nfour\n\nfive"],
  [
    "links",
    '<p>See <a href="https://x.example/?a=1&amp;b=2">our shop</a>.</p>',
    "See our shop (https://x.example/?a=1&b=2).",
  ],
  [
    "links that show their address",
    '<a href="https://x.example">https://x.example</a> <a href="mailto:a@x.example">a@x.example</a>',
    "https://x.example a@x.example",
  ],
  [
    "links around an image",
    '<a href="https://x.example"><img src="l.png" alt="Shop"></a> <a href="/y"><img src="m.png"></a>',
    "Shop (https://x.example) /y",
  ],
  ["links to a place in the mail", '<a href="#top">top</a>', "top"],
  [
    "lists",
    "<p>a</p><ul><li>b</li><li>c<ol><li>d</li><li><p>e</p></li></ol></li></ul><p>f</p>",
    "a\n\n- b\n- c\n  1. d\n  2. e\n\nf",
  ],
  ["tables", "<table><tr><td>Mug</td><td>2 ×</td></tr><tr><td>Cup</td><td>1 ×</td></tr></table>", "Mug 2 ×\nCup 1 ×"],
  ["entities", "&lt;b&gt; &amp;amp; &#8364;&#x20AC; &auml; &nbsp;&unknown; 1 < 2", "<b> &amp; €€ ä &unknown; 1 < 2"],
  [
    "what is hidden",
    '<head><title>t</title><style>a{}</style></head><div style="display: none; x">no<div>no</div></div><p hidden>no</p><!-- no --><!--[if mso]>no<![endif]-->yes',
    "yes",
  ],
  ["filling of preheaders", "<p>a&zwnj;&nbsp;&zwnj;&nbsp;\u200b\u034f</p>b", "a\n\nb"],
  ["headings and rules", "<h1>Head</h1>text<hr>more", "Head\n\ntext\n\n---\n\nmore"],
  ["text as it is", "<pre>a\n  b</pre>c", "a\n  b\n\nc"],
  ["a `>` in a value", '<p title="a>b">c</p>', "c"],
  ["what is broken", "<p>a<b>c</p><unknown>d</unknown><", "ac\n\nd<"],
])("the text of %s", (_name, html, expected) => {
  expect(textOfHtml(html)).toBe(expected);
});

test("any text comes back out of HTML as it went in, but for its white space", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const escaped = text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
      const bare = (value: string) => value.replace(/(?:\u034f|[\s\u00ad\u200b-\u200f\u2060\ufeff])+/g, "");
      expect(bare(textOfHtml(`<p>${escaped}</p>`))).toBe(bare(text));
    }),
  );
});

test("it takes time in proportion to its input, whatever that is", () => {
  for (const piece of ["<", "<a href='", "<!--", "&", "<div style='", "<li>", "<ul>", "x ", '<a title="'] as const) {
    const startedAt = process.cpuUsage();
    textOfHtml(piece.repeat(200_000 / piece.length));
    const { user, system } = process.cpuUsage(startedAt);
    expect((user + system) / 1000, piece).toBeLessThan(3000);
  }
});
