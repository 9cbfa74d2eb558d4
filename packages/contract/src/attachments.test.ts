import { describe, expect, it } from "vitest";
import { attachmentBytes, attachmentSchema } from "./attachments.ts";

const file = { filename: "Rechnung März.pdf", contentType: "application/pdf", content: "aGVsbG8=" };

describe("an attachment", () => {
  it("is a name, a type and base64", () => {
    expect(attachmentSchema.parse(file)).toEqual(file);
    expect(
      attachmentSchema.safeParse({ ...file, contentType: "text/csv; charset=utf-8", contentId: "a@b" }).success,
    ).toBe(true);
    expect(["", "aA==", "aGk=", "aGVs"].map((content) => attachmentBytes({ content }))).toEqual([0, 1, 2, 3]);
  });

  it.each([
    ["filename", "a\r\nX: y"],
    ["filename", "../a"],
    ["filename", "a\\b"],
    ["filename", ""],
    ["filename", "\ud800"],
    ["contentType", "pdf"],
    ["contentType", "text/plain\r\nX: y"],
    ["content", "aGVsbG8"],
    ["content", "aGVs bG8="],
    ["content", "https://a.test/file"],
    ["contentId", "a>b"],
    ["path", "/etc/passwd"],
  ])("refuses %s %j", (field, value) => {
    expect(attachmentSchema.safeParse({ ...file, [field]: value }).success).toBe(false);
  });
});
