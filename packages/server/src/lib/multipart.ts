import { randomBytes } from "node:crypto";

/** A field of a form, or a file in it. */
export type FormPart =
  | { name: string; value: string }
  | { name: string; filename: string; contentType: string; bytes: Buffer };

export interface Form {
  contentType: string;
  body: Buffer;
}

const lineEnd = "\r\n";
const control = /[\p{Cc}\u2028\u2029]/u;

/**
 * A form as multipart/form-data (RFC 7578), names and file names in UTF-8 and escaped as browsers do it (HTML, "multipart form
 * data"). Throws for a media type with control characters, which would end its header. The boundary cannot be guessed, so no
 * value ends its part.
 */
export function multipart(parts: readonly FormPart[]): Form {
  const boundary = randomBytes(24).toString("hex");
  const pieces: Buffer[] = [];
  const write = (text: string): void => void pieces.push(Buffer.from(text));
  for (const part of parts) {
    const disposition = `--${boundary}${lineEnd}Content-Disposition: form-data; name="${escaped(part.name)}"`;
    if ("value" in part) {
      write(`${disposition}${lineEnd}${lineEnd}${part.value}${lineEnd}`);
      continue;
    }
    if (control.test(part.contentType)) throw new Error("a control character in a media type");
    write(`${disposition}; filename="${escaped(part.filename)}"${lineEnd}Content-Type: ${part.contentType}`);
    write(lineEnd + lineEnd);
    pieces.push(part.bytes);
    write(lineEnd);
  }
  write(`--${boundary}--${lineEnd}`);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(pieces) };
}

const escaped = (text: string): string => text.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
