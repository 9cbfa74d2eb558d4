import type { TemplateBody } from "@tidings/contract/templates";
import { TemplateFault } from "../domain/template-fault.ts";
import type { RenderedAttachment } from "../ports/provider.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import type { FieldMaker, Step } from "./field-maker.ts";

type Attachments = NonNullable<NonNullable<TemplateBody["email"]>["attachments"]>;

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The step that adds a template's files, from itself and from the event's data. */
export function attachmentSteps(attachments: Attachments, { field, limits }: FieldMaker): Step[] {
  if (attachments.length === 0) return [];
  const makers = attachments.map((attachment, index) => {
    const path = `email.attachments[${index}]`;
    const renderName = field({ field: `${path}.filename` }, "line", attachment.filename);
    const read = contentOf(attachment, path, limits.attachmentBytesMax);
    const { contentType, contentId } = attachment;
    return (facts: TemplateFacts): RenderedAttachment => ({
      // A mail program may save it under this name.
      filename: renderName(facts).replace(/[\\/]/g, "_"),
      contentType,
      content: read(facts),
      ...(contentId === undefined ? {} : { contentId }),
    });
  });
  return [
    (facts, content) => {
      const files = makers.map((make) => make(facts));
      const bytes = files.reduce((sum, file) => sum + bytesOf(file.content), 0);
      if (bytes > limits.attachmentsBytesMax) throw new TemplateFault("email.attachments", undefined, "are too large");
      content.attachments = files;
    },
  ];
}

function contentOf({ content, fromData }: Attachments[number], path: string, bytesMax: number) {
  const checked = <Content extends Buffer | string>(file: Content): Content => {
    if (bytesOf(file) > bytesMax) throw new TemplateFault(path, undefined, "is too large");
    return file;
  };
  if (content !== undefined) {
    const bytes = checked(Buffer.from(content, "base64"));
    return () => bytes;
  }
  const variable = fromData ?? "";
  const place = `${path}.fromData`;
  return ({ data }: TemplateFacts): string => {
    const value = valueAt({ data }, variable.split("."));
    if (value === undefined || value === null)
      throw new TemplateFault(place, undefined, `${variable} is missing`, undefined, variable);
    if (typeof value !== "string" || value.length % 4 !== 0 || !base64.test(value))
      throw new TemplateFault(place, undefined, `${variable} is not base64`, undefined, variable);
    return checked(value);
  };
}

function valueAt(from: unknown, names: readonly string[]): unknown {
  let value = from;
  for (const name of names) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

function bytesOf(content: Buffer | string): number {
  return typeof content === "string" ? Math.floor((content.length * 3) / 4) : content.length;
}
