import { z } from "zod";
import { line } from "./text.ts";

/** RFC 2045 §5.1: type and subtype, and parameters where there are any. */
const mediaType = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*(?:;[\x20-\x7e]*)?$/;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Characters of the longest content that any server takes: 32 MiB of bytes. */
const contentLengthMax = 44_739_244;

/** A file that goes with a mail, by content only: nothing is read from a path or a URL. */
export const attachmentSchema = z.strictObject({
  filename: line(255).refine((name) => !/[/\\]/.test(name), { error: "must not contain path separators" }),
  contentType: line(200).regex(mediaType, { error: "must be a media type, such as application/pdf" }),
  /** Base64. */
  content: z
    .string()
    .max(contentLengthMax)
    .refine((text) => text.length % 4 === 0 && base64.test(text), { error: "must be base64" }),
  /** Without brackets; HTML shows the file in place as `cid:<contentId>`. */
  contentId: z
    .string()
    .regex(/^[\x21-\x3b\x3d\x3f-\x7e]{1,200}$/, {
      error: "must consist of 1 to 200 visible ASCII characters, without < and >",
    })
    .optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** Bytes that a content stands for. */
export function attachmentBytes({ content }: Pick<Attachment, "content">): number {
  const padding = content.endsWith("==") ? 2 : content.endsWith("=") ? 1 : 0;
  return (content.length / 4) * 3 - padding;
}
