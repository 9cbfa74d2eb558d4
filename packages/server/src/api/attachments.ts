import { attachmentBytes } from "@tidings/contract/attachments";
import type { MessageBody } from "@tidings/contract/messages";
import { TidingsError } from "../errors.ts";

/** Refuses a message whose attachments are larger together than a message may carry. */
export function checkAttachments({ content }: MessageBody, bytesMax: number): void {
  const bytes = (content?.attachments ?? []).reduce((sum, attachment) => sum + attachmentBytes(attachment), 0);
  if (bytes <= bytesMax) return;
  const message = `have ${bytes} bytes together; at most ${bytesMax}`;
  throw new TidingsError("validation_failed", { faults: [{ path: "content.attachments", message }] });
}

/** Size of a body that carries as many attachments, in base64, beside everything else. */
export function bodyBytesWithAttachments(bodyBytesMax: number, attachmentsBytesMax: number): number {
  return bodyBytesMax + Math.ceil(attachmentsBytesMax / 3) * 4;
}
