import type { RenderedAttachment } from "../../../ports/provider.ts";
import type { Entity } from "./entity.ts";
import { header } from "./header.ts";
import { parameter } from "./parameters.ts";
import { base64Lines } from "./transfer-encoding.ts";

const mediaType = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;
const parameterPart =
  /^\s*([A-Za-z0-9!#$&^_.+-]{1,60})=(?:"([\x20-\x21\x23-\x5b\x5d-\x7e]{0,200})"|([A-Za-z0-9!#$&^_.+-]{1,200}))\s*$/;
const contentId = /^[\x21-\x3b\x3d\x3f-\x7e]{1,200}$/;
const hidden = /[\p{Cc}\p{Cs}\u2028\u2029/\\]/u;
/** Characters, as in the contract. */
const filenameMax = 255;

/** What is wrong with an attachment, as an outcome may tell it; undefined where nothing is. */
export function attachmentFault({ filename, contentType, contentId: id }: RenderedAttachment): string | undefined {
  if (filename === "" || filename.length > filenameMax || hidden.test(filename)) return "an attachment's file name";
  if (parseContentType(contentType) === undefined) return "an attachment's content type";
  if (id !== undefined && !contentId.test(id)) return "an attachment's content id";
  return undefined;
}

/** A file in a mail, in base64. One with a Content-ID is shown where the HTML refers to it (RFC 2392). */
export function attachmentEntity(attachment: RenderedAttachment, inline: boolean): Entity {
  const { filename, content, contentId: id } = attachment;
  const bytes = typeof content === "string" ? Buffer.from(content, "base64") : content;
  const type = parseContentType(attachment.contentType) ?? { type: "application/octet-stream", parameters: "" };
  return {
    headers: [
      header("Content-Type", `${type.type}${type.parameters}${parameter("name", filename)}`),
      header("Content-Disposition", `${inline ? "inline" : "attachment"}${parameter("filename", filename)}`),
      { name: "Content-Transfer-Encoding", value: "base64" },
      ...(id === undefined ? [] : [header("Content-ID", `<${id}>`)]),
    ],
    body: [{ text: base64Lines(bytes), canonical: true }],
  };
}

function parseContentType(text: string): { type: string; parameters: string } | undefined {
  const [type = "", ...rest] = text.split(";");
  if (!mediaType.test(type.trim()) || rest.length > 10) return undefined;
  let parameters = "";
  for (const each of rest) {
    const [, name, quoted, plain] = parameterPart.exec(each) ?? [];
    if (name === undefined) return undefined;
    // the file name is said once, by us
    if (!/^name(?:\*|$)/i.test(name)) parameters += parameter(name, quoted ?? plain ?? "");
  }
  // RFC 2046 §5: these may not be base64, and nothing here looks into them
  const opaque = /^(?:message|multipart)\//i.test(type.trim());
  return opaque ? { type: "application/octet-stream", parameters: "" } : { type: type.trim(), parameters };
}
