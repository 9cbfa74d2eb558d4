import type { OutboundMessage } from "../../ports/provider.ts";
import { attachmentFault } from "./mime/attachment.ts";
import { hasControl } from "./mime/header.ts";

/** Why a message cannot be mailed, free of what it holds; undefined where it can. */
export function contentFault({ content, id }: Pick<OutboundMessage, "content" | "id">): string | undefined {
  const { subject, text, html, attachments = [] } = content;
  if (subject !== undefined && hasControl(subject)) return "control characters in the subject";
  if (text === undefined && html === undefined) return "neither text nor html";
  if (text?.includes("\0") === true || html?.includes("\0") === true) return "NUL in the body";
  if (!/^[\w.-]{1,100}$/.test(id)) return "an id that is none";
  for (const attachment of attachments) {
    const fault = attachmentFault(attachment);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
