import type { RecordedCall } from "./servers.ts";

export interface FormField {
  name: string;
  value: string;
  filename?: string;
  contentType?: string;
}

/** The parts of a multipart form, in order, by a reading of its own: what is text alone comes out as it was. */
export function formOf({ headers, body }: RecordedCall): FormField[] {
  const boundary =
    /boundary=(?:"([^"]+)"|([^;]+))/
      .exec(headers["content-type"] ?? "")
      ?.slice(1)
      .find(Boolean) ?? "";
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const end = part.indexOf("\r\n\r\n");
      const head = part.slice(0, end);
      const [, name = ""] = /[; ]name="([^"]*)"/.exec(head) ?? [];
      const [, filename] = /filename="([^"]*)"/.exec(head) ?? [];
      const [, contentType] = /content-type: *([^\r\n]+)/i.exec(head) ?? [];
      return {
        name,
        value: part.slice(end + 4, -2),
        ...(filename === undefined ? {} : { filename }),
        ...(contentType === undefined ? {} : { contentType }),
      };
    });
}
