import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SeededRandom } from "../lib/seeded-random.ts";
import { loadMasterKey } from "./master-key.ts";
import { readOrMakeSecretFile } from "./secret-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidings secret "));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("a secret file", () => {
  test("is made once, in a folder that may be missing, and read from then on", async () => {
    const path = join(folder, "a", "b", "key");
    expect(await readOrMakeSecretFile(path, () => "one")).toEqual({ text: "one", created: true, exposed: false });
    expect(await readOrMakeSecretFile(path, () => "two")).toEqual({ text: "one", created: false, exposed: false });
  });

  test("can be read by its owner alone, and nothing else is left behind", async () => {
    const path = join(folder, "key");
    await readOrMakeSecretFile(path, () => "one");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["key"]);
  });

  test("made by many at once is one and the same for all", async () => {
    const path = join(folder, "key");
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, index) => readOrMakeSecretFile(path, () => `key ${index}`)),
    );
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect(await readdir(folder)).toEqual(["key"]);
  });

  test("that is no key by its size is refused", async () => {
    await writeFile(join(folder, "key"), "x".repeat(5000));
    await expect(readOrMakeSecretFile(join(folder, "key"), () => "one")).rejects.toThrow("larger");
  });
});

describe("the master key", () => {
  const random = new SeededRandom(1);

  test("is that of the setting where there is one, and no file is made", async () => {
    const key = Buffer.alloc(32, 5);
    const loaded = await loadMasterKey(key.toString("base64"), folder, random);
    expect(loaded).toEqual({ key, place: "TIDINGS_MASTER_KEY", warning: undefined });
    expect(await readdir(folder)).toEqual([]);
  });

  test("is made at the first start and the same at every later one", async () => {
    const first = await loadMasterKey(undefined, folder, random);
    expect(first.key).toHaveLength(32);
    expect(first.place).toBe(join(folder, "master.key"));
    expect(await loadMasterKey(undefined, folder, random)).toEqual(first);
    expect((await readFile(first.place, "utf8")).trim()).toBe(first.key.toString("base64"));
  });

  test.skipIf(process.platform === "win32")("that others can read is used with a warning", async () => {
    const { place, warning } = await loadMasterKey(undefined, folder, random);
    expect(warning).toBeUndefined();
    await chmod(place, 0o640);
    expect((await loadMasterKey(undefined, folder, random)).warning).toContain("chmod 600");
  });

  test.each(["", "short", "!".repeat(44)])("that is none is refused and never replaced: %j", async (text) => {
    await writeFile(join(folder, "master.key"), text);
    await expect(loadMasterKey(undefined, folder, random)).rejects.toThrow("32 bytes");
    expect(await readFile(join(folder, "master.key"), "utf8")).toBe(text);
  });
});
