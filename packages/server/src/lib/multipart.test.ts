import fc from "fast-check";
import { expect, it } from "vitest";
import { multipart } from "./multipart.ts";

const read = async (parts: Parameters<typeof multipart>[0]): Promise<FormData> => {
  const { contentType, body } = multipart(parts);
  return new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
};

it("is read by the platform's own parser as what it was made of, whatever it holds", async () => {
  const text = fc.string({ unit: "grapheme" });
  await fc.assert(
    fc.asyncProperty(text, fc.uint8Array(), async (value, bytes) => {
      const form = await read([
        { name: "a", value },
        { name: "a", value: '--\r\nContent-Disposition: form-data; name="b"\r\n\r\nx' },
        { name: "f", filename: "grüße.bin", contentType: "text/plain; charset=utf-8", bytes: Buffer.from(bytes) },
      ]);
      expect([...form.keys()]).toEqual(["a", "a", "f"]);
      expect(form.getAll("a")[0]).toBe(Buffer.from(value).toString());
      const file = form.get("f");
      if (!(file instanceof File)) throw new Error("no file");
      expect([file.name, file.type]).toEqual(["grüße.bin", "text/plain; charset=utf-8"]);
      expect(Buffer.from(await file.arrayBuffer())).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 50 },
  );
});

it("lets no name end its header", () => {
  const part = { name: 'x"\r\nX-Evil: 1', filename: 'y"\r\n\r\nevil', contentType: "a/b", bytes: Buffer.from("z") };
  const lines = multipart([part]).body.toString().split("\r\n");
  expect(lines[1]).toBe('Content-Disposition: form-data; name="x%22%0D%0AX-Evil: 1"; filename="y%22%0D%0A%0D%0Aevil"');
  expect(lines.slice(2, 5)).toEqual(["Content-Type: a/b", "", "z"]);
  expect(() => multipart([{ ...part, contentType: "a/b\r\nX-Evil: 1" }])).toThrow("control character");
});
