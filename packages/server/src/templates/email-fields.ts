import type { TemplateBody } from "@tidings/contract/templates";
import { textOfHtml } from "../lib/html-text.ts";
import { attachmentSteps } from "./attachments.ts";
import type { RenderField } from "./field-compiler.ts";
import type { FieldMaker, RenderAround, Step } from "./field-maker.ts";
import type { Laid } from "./locales.ts";
import { storedSteps } from "./stored-fields.ts";

/** Subject, HTML, text and files of a mail, in their layout. A text that nobody wrote is made from the HTML. */
export function emailSteps({ fields, pathOf }: Laid<NonNullable<TemplateBody["email"]>>, make: FieldMaker): Step[] {
  const { field, layout } = make;
  const { subject, html, text, preheader, attachments = [] } = fields;
  const renderSubject = field({ field: pathOf("subject") }, "line", subject);
  const renderPreheader =
    preheader === undefined ? undefined : field({ field: pathOf("preheader") }, "line", preheader);
  const renderHtml = html === undefined ? undefined : field({ field: pathOf("html") }, "html", html);
  const steps: Step[] = [
    (facts, content) => {
      content.subject = renderSubject(facts);
    },
  ];
  if (text !== undefined) {
    const render = around(field({ field: pathOf("text") }, "text", text), layout?.text);
    steps.push((facts, content) => {
      content.text = render(facts);
    });
  }
  if (renderHtml !== undefined) {
    steps.push((facts, content) => {
      const inside = renderHtml(facts);
      const whole = layout === undefined ? inside : layout.html(facts, inside);
      if (text === undefined)
        content.text = layout?.text === undefined ? textOfHtml(whole) : layout.text(facts, textOfHtml(inside));
      content.html = renderPreheader === undefined ? whole : withPreheader(whole, renderPreheader(facts));
    });
  }
  return [...steps, ...attachmentSteps(attachments, make), ...storedSteps(fields.stored)];
}

function around(render: RenderField, layout: RenderAround | undefined): RenderField {
  return layout === undefined ? render : (facts) => layout(facts, render(facts));
}

/** The begin of a document's body. Values in attributes are escaped, so that none of them ends the tag. */
const bodyTag = /<body(?=[\s>])(?:[^>"']|"[^"]*"|'[^']*')*>/i;

/** What a mail program shows beside the subject, hidden where the mail itself is shown. */
function withPreheader(html: string, preheader: string): string {
  if (preheader === "") return html;
  const hidden = `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all" aria-hidden="true">${escapeHtml(preheader)}</div>`;
  const tag = bodyTag.exec(html);
  if (tag === null) return hidden + html;
  const end = tag.index + tag[0].length;
  return html.slice(0, end) + hidden + html.slice(end);
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
