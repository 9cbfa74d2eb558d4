import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeInside } from "./write-inside.ts";

let folder = "";
let root = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tidings write "));
  root = join(folder, "notifications");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a file is made with its folders, replaced, and removed, and nothing is left beside it", async () => {
  await writeInside(root, "templates/a/email.text.handlebars", "one");
  await writeInside(root, "templates/a/email.text.handlebars", Buffer.from("two"));
  expect(readFileSync(join(root, "templates/a/email.text.handlebars"), "utf8")).toBe("two");
  expect(readdirSync(join(root, "templates/a"))).toEqual(["email.text.handlebars"]);
  await writeInside(root, "templates/a/email.text.handlebars", null);
  await writeInside(root, "templates/a/email.text.handlebars", null);
  expect(readdirSync(join(root, "templates/a"))).toEqual([]);
});

test.each(["../outside", "/outside", "a/../../outside", "../notifications-too/x", "."])(
  "%s is refused, for writing and for removing",
  async (path) => {
    await expect(writeInside(root, path, "x")).rejects.toThrow("outside the folder");
    await expect(writeInside(root, path, null)).rejects.toThrow("outside the folder");
    expect(existsSync(join(folder, "outside"))).toBe(false);
  },
);
