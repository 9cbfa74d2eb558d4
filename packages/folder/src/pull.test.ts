import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { faultText } from "./fault.ts";
import { mergeYaml } from "./merge-yaml.ts";
import { type PullOptions, pull } from "./pull.ts";
import { readFolder } from "./read-folder.ts";
import type { FolderDocument } from "./reading.ts";
import type { RemoteDocument } from "./remote.ts";

const example = fileURLToPath(new URL("../../../notifications", import.meta.url));
const limits = { filesMax: 200, fileBytesMax: 100_000, bytesMax: 1e6, runMs: 60_000, memoryMib: 128 };

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tidings pull "));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function read(folder: string): Promise<FolderDocument[]> {
  const result = await readFolder(folder, { limits, environment: "production" });
  if ("faults" in result) throw new Error(result.faults.map(faultText).join("\n"));
  return result.documents;
}

const asRemote = (documents: readonly FolderDocument[]): RemoteDocument[] =>
  documents.map(({ kind, key, document, secretNames }) => ({
    ...{ kind, key, version: 1, document },
    ...(secretNames === undefined ? {} : { secretNames }),
  }));
const plain = (
  documents: readonly { kind: string; key: string; document: unknown; secretNames?: readonly string[] }[],
) =>
  documents
    .map(({ kind, key, document, secretNames = [] }) => ({ kind, key, document, secretNames }))
    .sort((a, b) => (`${a.kind} ${a.key}` < `${b.kind} ${b.key}` ? -1 : 1));

async function write(files: ReadonlyMap<string, string | Buffer | null>): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    if (content !== null) await writeFile(join(root, path), content);
  }
}

const options = (existing: Record<string, string> = {}, more: Partial<PullOptions> = {}): PullOptions => ({
  existing: new Map(Object.entries(existing)),
  environment: "production",
  ...more,
});

const all: RemoteDocument[] = [
  { kind: "category", key: "news", version: 1, document: { class: "marketing" } },
  { kind: "tenant", key: "acme", version: 1, document: { branding: { color: "teal" } } },
  { kind: "layout", key: "base", version: 1, document: { email: { html: "<b>{{> content}}</b>\n" } } },
  { kind: "partial", key: "foot", version: 1, document: { html: "<hr>", text: "--" } },
  {
    kind: "template",
    key: "t",
    version: 4,
    document: {
      name: "T",
      layout: "base",
      email: { subject: "Hello", html: "<p>\n</p>" },
      in_app: { text: "Hi", actions: [{ key: "open", label: "Open" }] },
      webhook: {},
      locales: { de: { email: { subject: "Hallo" }, in_app: { actions: [{ key: "open", label: "Auf" }] } } },
    },
  },
  {
    kind: "workflow",
    key: "w",
    version: 2,
    document: { category: "news", steps: [{ id: "a", type: "channel", channel: "email", template: "t" }] },
  },
  {
    kind: "integration",
    key: "smtp",
    version: 1,
    document: { channel: "email", provider: "smtp", settings: { host: "h" } },
    secretNames: ["password"],
  },
];

describe("a pulled folder", () => {
  test("says what the environment says, in every form", async () => {
    await write(pull(all, options()).files);
    expect(plain(await read(root))).toEqual(plain(all));
    expect(await readFile(join(root, "integrations.yaml"), "utf8")).toContain("fromEnv: SMTP_PASSWORD");
  });

  test("of the example is the example: nothing changes where all is the same", async () => {
    const documents = await read(example);
    const texts: Record<string, string> = {};
    for (const path of ["categories.yaml", "integrations.yaml", "workflows/order-shipped.yaml"]) {
      texts[path] = await readFile(join(example, path), "utf8");
    }
    expect(pull(asRemote(documents), options(texts, { documents })).files).toEqual(new Map());
  });

  test("keeps comments, order and quotes where a value changes", () => {
    const before = [
      "# What we send",
      "news: # weekly",
      '  name: "News" # as it was',
      "  class: marketing",
      "# gone",
      "old: { class: critical }",
      "",
    ].join("\n");
    const after = pull(
      [
        {
          kind: "category",
          key: "news",
          version: 2,
          document: { name: "Latest", class: "marketing", description: "d" },
        },
      ],
      options({ "categories.yaml": before }),
    ).files.get("categories.yaml");
    // A comment behind a mapping's key comes to stand in a line of its own.
    expect(after).toBe(
      '# What we send\nnews:\n  # weekly\n  name: "Latest" # as it was\n  class: marketing\n  description: d\n',
    );
  });

  test("leaves an environment's own integrations in its own file, and secrets under their names", () => {
    const existing = {
      "integrations.yaml": "smtp: { channel: email, provider: sandbox }\n",
      "integrations.production.yaml":
        "smtp: { channel: email, provider: smtp, settings: { host: old }, secrets: { password: { fromEnv: MINE } } }\n",
    };
    const { files } = pull(all.slice(-1), options(existing));
    expect([...files.keys()]).toEqual(["integrations.production.yaml"]);
    expect(files.get("integrations.production.yaml")).toContain("host: h");
    expect(files.get("integrations.production.yaml")).toContain("fromEnv: MINE");
  });

  test("writes sources with their secrets by name, and leaves integrations of the same key alone", () => {
    const document = { type: "sqs", region: "eu-central-1", mapping: { event: { name: "n", recipients: "u" } } };
    const source = {
      kind: "source" as const,
      key: "events-in",
      version: 1,
      document,
      secretNames: ["secretAccessKey"],
    };
    const integration = {
      kind: "integration" as const,
      key: "events-in",
      version: 1,
      document: { channel: "email", provider: "sandbox" },
    };
    const { files } = pull([source, integration], options({}));
    expect([...files.keys()].sort()).toEqual(["integrations.yaml", "sources.yaml"]);
    expect(files.get("sources.yaml")).toContain("fromEnv: EVENTS_IN_SECRETACCESSKEY");
    expect(files.get("integrations.yaml")).not.toContain("sqs");
    const own = {
      "sources.production.yaml": "events-in: { type: sqs, secrets: { secretAccessKey: { fromEnv: MINE } } }\n",
    };
    const pulled = pull([source, integration], options(own)).files;
    expect(pulled.get("sources.production.yaml")).toContain("fromEnv: MINE");
    expect(pulled.has("sources.yaml")).toBe(false);
  });

  test("removes files of what is gone, and never writes over TypeScript", () => {
    const existing = {
      "workflows/x.yaml": "a: 1\n",
      "workflows/w.ts": "export default {}",
      "partials/p.text.handlebars": "",
    };
    const { files, kept } = pull(
      all.filter(({ kind }) => kind === "workflow"),
      options(existing),
    );
    expect([...files]).toEqual([
      ["workflows/x.yaml", null],
      ["partials/p.text.handlebars", null],
    ]);
    expect(kept).toEqual([{ file: "workflows/w.ts", kind: "workflow", key: "w" }]);
  });
});

test("merging writes a text of its own where there is none, or where the old one is broken", () => {
  expect(mergeYaml(undefined, { a: [1, { b: 2 }] })).toBe("a:\n  - 1\n  - b: 2\n");
  expect(mergeYaml("a: [", { a: 1 })).toBe("a: 1\n");
  expect(mergeYaml("# why\na:\n  - 1 # one\n  - 2\n", { a: [1] })).toBe("# why\na:\n  - 1 # one\n");
});
