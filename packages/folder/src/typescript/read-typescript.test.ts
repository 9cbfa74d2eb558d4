import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { faultText } from "../fault.ts";
import { readFolder } from "../read-folder.ts";

const limits = { filesMax: 50, fileBytesMax: 100_000, bytesMax: 1e6, runMs: 60_000, memoryMib: 128 };

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tidings ts "));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function read(files: Record<string, string>, over: Partial<typeof limits> = {}) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return readFolder(root, { limits: { ...limits, ...over }, secretOf: () => undefined });
}

async function faults(files: Record<string, string>, over: Partial<typeof limits> = {}): Promise<string[]> {
  const result = await read(files, over);
  return "faults" in result ? result.faults.map(faultText) : [];
}

const helper = 'import { workflow } from "@tidings/client/workflow";\n';
const step = '{ id: "mail", type: "channel", channel: "email", template: "t" }';

// Processes are started, which takes a busy machine long.
describe("a workflow in TypeScript", { timeout: 120_000 }, () => {
  test("is read as YAML is, with what it imports from the folder", async () => {
    const result = await read({
      "lib/steps.ts":
        'export const mail = (template: string) => ({ id: "mail", type: "channel", channel: "email", template }) as const;\n',
      "workflows/hello.ts": `${helper}import { mail } from "../lib/steps.ts";\nexport default workflow({ category: "news", steps: [mail("t")] });\n`,
      "categories.yaml": "news: { class: marketing }\n",
      "templates/t/email.subject.handlebars": "s",
      "templates/t/email.text.handlebars": "t",
    });
    if ("faults" in result) throw new Error(result.faults.map(faultText).join("\n"));
    expect(result.documents.filter(({ kind }) => kind === "workflow")).toEqual([
      {
        kind: "workflow",
        key: "hello",
        file: "workflows/hello.ts",
        placeOf: expect.any(Function),
        document: { category: "news", steps: [{ id: "mail", type: "channel", channel: "email", template: "t" }] },
      },
    ]);
    expect(result.documents.at(-1)?.placeOf("steps[0]")).toEqual({ file: "workflows/hello.ts", line: 3, column: 53 });
  });

  test("tells where its syntax is broken, and what it cannot import", async () => {
    expect(
      await faults({
        "workflows/a.ts": `${helper}export default workflow({\n  category: "news",\n  steps: [,,\n});\n`,
        "workflows/b.ts": `${helper}import { mail } from "./nowhere.ts";\nexport default workflow(mail);\n`,
      }),
    ).toEqual([
      expect.stringMatching(/^workflows\/a\.ts:5:1: Unexpected "}"/),
      expect.stringMatching(/^workflows\/b\.ts:2:22: Could not resolve "\.\/nowhere\.ts"/),
    ]);
  });

  test("tells where it throws, also where what it imports does", async () => {
    expect(
      await faults({
        "lib/made.ts":
          "interface Made { a: string }\n\nexport function made(): Made {\n  throw new Error('no 1');\n}\n",
        "workflows/a.ts": `${helper}type T = string;\n\nexport default workflow({ category: (undefined as unknown as { x: T }).x });\n`,
        "workflows/b.ts": 'import { made } from "../lib/made.ts";\nexport default made();\n',
        "workflows/c.ts": "throw 5;\n",
      }),
    ).toEqual([
      "lib/made.ts:4:9: throws: no 1",
      expect.stringMatching(/^workflows\/a\.ts:4:\d+: throws: Cannot read properties of undefined/),
      "workflows/c.ts:1:1: throws: threw 5",
    ]);
  });

  test("tells where in its literal the contract is broken, and what was meant", async () => {
    expect(
      await faults({
        "workflows/a.ts": `${helper}// a comment { [\nexport default workflow({\n  category: "news",\n  owner: \`x }\`,\n  steps: [\n    ${step},\n    { id: "b", type: "channel", chanel: "sms", template: "t" },\n  ],\n});\n`,
      }),
    ).toEqual([
      "workflows/a.ts:5:3: owner is not known here",
      "workflows/a.ts:8:5: steps[1].channel is missing",
      "workflows/a.ts:8:33: steps[1].chanel is not known here; did you mean `channel`?",
    ]);
  });

  test("that exports nothing is told so", async () => {
    expect(await faults({ "workflows/a.ts": "export const a = 1;\n", "workflows/b.ts": "" })).toEqual([
      "workflows/a.ts:1:1: exports no workflow; end it with `export default workflow({ … })`",
      "workflows/b.ts:1:1: exports no workflow; end it with `export default workflow({ … })`",
    ]);
  });

  test("that hangs, exits or eats memory is ended, and the others are read", async () => {
    const found = await faults(
      {
        "workflows/a.ts": "for (;;) {}\n",
        "workflows/b.ts": "process.exit(0);\n",
        "workflows/c.ts": "const all: string[][] = [];\nfor (;;) all.push(new Array(1e6).fill('x'));\n",
        "workflows/d.ts": "export default { category: 5 };\n",
      },
      { runMs: 4000, memoryMib: 40 },
    );
    expect(found).toEqual([
      expect.stringMatching(/^workflows\/a\.ts:1:1: does not end/),
      expect.stringMatching(/^workflows\/b\.ts:1:1: ended the process/),
      expect.stringMatching(/^workflows\/c\.ts:1:1: (ended the process|does not end)/),
      expect.stringMatching(/^workflows\/d\.ts:1:\d+: steps is missing/),
      expect.stringMatching(/^workflows\/d\.ts:1:\d+: category /),
    ]);
  });

  test("sees the application's variables and none of the server's", async () => {
    Object.assign(process.env, { TIDINGS_TEST_KEY: "secret", SHOP_NAME: "shop" });
    const found = await faults({
      "workflows/a.ts": "throw new Error([process.env.SHOP_NAME, process.env.TIDINGS_TEST_KEY].join());\n",
    });
    expect(found).toEqual([expect.stringContaining("throws: shop,")]);
  });
});
