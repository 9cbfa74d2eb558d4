import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FolderFault, faultText } from "@tidings/folder/fault";
import { planPush } from "@tidings/folder/push";
import { readFolder } from "@tidings/folder/read-folder";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Api } from "../../harness/api.ts";
import { stopChild } from "../../harness/child.ts";
import { remoteOf } from "../../harness/remote.ts";
import { type ServerProcess, startServerProcess } from "../../harness/server-process.ts";
import { brokenFolders } from "./broken-folders.ts";
import { writeWholeFolder } from "./whole-folder.ts";

const limits = { filesMax: 200, fileBytesMax: 100_000, bytesMax: 1e6, runMs: 8000, memoryMib: 128 };
const parent = mkdtempSync(join(tmpdir(), "tidings broken "));
const root = join(parent, "notifications");
let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  server = await startServerProcess(join(parent, "data"));
  api = new Api(server.url);
}, 240_000);
afterAll(async () => {
  await api?.close();
  await stopChild(server);
  rmSync(parent, { recursive: true, force: true });
});
beforeEach(() => writeWholeFolder(root));

/** All that `push --check` would say: the folder's own faults or, where there is none, the server's. */
async function faults(): Promise<FolderFault[]> {
  const folder = await readFolder(root, { limits, environment: "development", secretOf: (name) => process.env[name] });
  if ("faults" in folder) return folder.faults;
  return (await planPush(folder.documents, remoteOf(api, "development"))).faults;
}

test("the folder that is broken below has no fault", async () => {
  expect((await faults()).map(faultText)).toEqual([]);
}, 240_000);

test("there are at least 40 ways to break it", () => {
  expect(new Set(brokenFolders.map(({ name }) => name)).size).toBeGreaterThanOrEqual(40);
});

describe("a broken folder is told by file and line", () => {
  test.each(brokenFolders.map((each) => [each.name, each] as const))(
    "%s",
    async (_name, broken) => {
      broken.break(root);
      const found = await faults();
      const told = found.map(faultText).join("\n");
      expect(told).not.toBe("");
      expect(
        found.some(({ file, line }) => file === broken.file && line === broken.line),
        told,
      ).toBe(true);
      expect(told).toMatch(broken.says);
      for (const { file, line, column } of found) {
        expect(file).not.toBe("");
        expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
      }
      expect(told).not.toContain("letmein");
    },
    240_000,
  );
});
