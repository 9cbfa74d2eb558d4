import type { TemplateBody } from "@tidings/contract/templates";
import type { RenderField } from "./field-compiler.ts";
import type { FieldMaker, RenderAround, Step } from "./field-maker.ts";
import type { Laid } from "./locales.ts";

/** Subject, HTML and text of a mail, in their layout. */
export function emailSteps(
  { fields, pathOf }: Laid<NonNullable<TemplateBody["email"]>>,
  { field, layout }: FieldMaker,
): Step[] {
  const { subject, html, text, preheader } = fields;
  const renderSubject = field({ field: pathOf("subject") }, "line", subject);
  const steps: Step[] = [
    (facts, content) => {
      content.subject = renderSubject(facts);
    },
  ];
  if (html !== undefined) {
    const renderHtml = around(field({ field: pathOf("html") }, "html", html), layout?.html);
    const render =
      preheader === undefined
        ? renderHtml
        : withPreheader(renderHtml, field({ field: pathOf("preheader") }, "line", preheader));
    steps.push((facts, content) => {
      content.html = render(facts);
    });
  }
  if (text !== undefined) {
    const render = around(field({ field: pathOf("text") }, "text", text), layout?.text);
    steps.push((facts, content) => {
      content.text = render(facts);
    });
  }
  return steps;
}

function around(render: RenderField, layout: RenderAround | undefined): RenderField {
  return layout === undefined ? render : (facts) => layout(facts, render(facts));
}

/** The begin of a document's body. Values in attributes are escaped, so that none of them ends the tag. */
const bodyTag = /<body(?=[\s>])(?:[^>"']|"[^"]*"|'[^']*')*>/i;

/** What a mail program shows beside the subject, hidden where the mail itself is shown. */
function withPreheader(renderHtml: RenderField, renderPreheader: RenderField): RenderField {
  return (facts) => {
    const html = renderHtml(facts);
    const preheader = renderPreheader(facts);
    if (preheader === "") return html;
    const hidden = `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all" aria-hidden="true">${escapeHtml(preheader)}</div>`;
    const tag = bodyTag.exec(html);
    if (tag === null) return hidden + html;
    const end = tag.index + tag[0].length;
    return html.slice(0, end) + hidden + html.slice(end);
  };
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
