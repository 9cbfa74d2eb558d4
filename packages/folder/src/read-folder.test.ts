import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { faultText } from "./fault.ts";
import { readFolder } from "./read-folder.ts";

const example = fileURLToPath(new URL("../../../notifications", import.meta.url));
const limits = { filesMax: 50, fileBytesMax: 10_000, bytesMax: 100_000, runMs: 60_000, memoryMib: 128 };

let parent = "";
let root = "";
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "tidings folder "));
  root = join(parent, "notifications");
});
afterEach(async () => {
  await rm(parent, { recursive: true });
});

async function write(files: Record<string, string | Buffer>) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const secrets: Record<string, string> = { SMTP_PASSWORD: "hunter2", EMPTY: "" };
const read = () => readFolder(root, { limits, secretOf: (name) => secrets[name] });

async function faults(): Promise<string[]> {
  const result = await read();
  return "faults" in result ? result.faults.map(faultText) : [];
}

async function documents() {
  const result = await read();
  if ("faults" in result) throw new Error(result.faults.map(faultText).join("\n"));
  return result.documents;
}

const workflow = "category: news\nsteps:\n  - { id: mail, type: channel, channel: email, template: t }\n";

describe("a notifications folder", () => {
  test("of the repository's own example is read without a fault", async () => {
    const result = await readFolder(example, {
      limits: { filesMax: 100, fileBytesMax: 100_000, bytesMax: 1e6, runMs: 60_000, memoryMib: 128 },
      secretOf: () => undefined,
    });
    if ("faults" in result) throw new Error(result.faults.map(faultText).join("\n"));
    const keys = (kind: string) => result.documents.filter((found) => found.kind === kind).map((found) => found.key);
    expect(keys("category")).toEqual(["security", "orders", "news"]);
    expect(keys("workflow")).toEqual(["newsletter", "order-shipped", "password-reset"]);
    expect(keys("integration")).toEqual(["mailbox", "inbox"]);
    expect(keys("template").sort()).toEqual(["delivery-feedback", "newsletter", "order-shipped", "password-reset"]);
  });

  test("that is not there, or empty, has no documents", async () => {
    expect(await documents()).toEqual([]);
    await mkdir(root);
    expect(await documents()).toEqual([]);
  });

  test("gives each document with its key and file", async () => {
    await write({
      "categories.yaml": "news: { class: marketing }\n",
      "workflows/weekly.yml": workflow,
      "templates/t/email.subject.handlebars": "Hello {{data.name}}\n",
      "templates/t/email.text.handlebars": "Text\n",
      "templates/t/sms.text.handlebars": "Short\n",
      "README.md": "left out",
      ".hidden/x": "left out",
    });
    const placeOf = expect.any(Function);
    expect(await documents()).toEqual([
      { kind: "category", key: "news", file: "categories.yaml", document: { class: "marketing" }, placeOf },
      {
        kind: "template",
        key: "t",
        file: "templates/t",
        placeOf,
        document: { email: { subject: "Hello {{data.name}}", text: "Text\n" }, sms: { text: "Short" } },
      },
      {
        kind: "workflow",
        key: "weekly",
        file: "workflows/weekly.yml",
        document: expect.objectContaining({ category: "news" }),
        placeOf,
      },
    ]);
  });

  test("takes secrets from where they are named", async () => {
    await write({
      "integrations.yaml":
        "smtp: { channel: email, provider: smtp, secrets: { password: { fromEnv: SMTP_PASSWORD } } }",
    });
    expect((await documents())[0]?.document).toMatchObject({ secrets: { password: "hunter2" } });
  });

  test("reads sources as it reads integrations: with secrets by name, and those of an environment in place of those of all", async () => {
    const source = (topic: string, secret = "") =>
      `{ type: kafka, brokers: ["k:9092"], topic: ${topic}, group: g, user: u, ${secret} mapping: { event: { name: n, recipients: [{ $: user }] } } }`;
    await write({
      "sources.yaml": `events: ${source("all", "secrets: { password: { fromEnv: SMTP_PASSWORD } },")}\nother: ${source("other")}\n`,
      "sources.production.yaml": `events: ${source("own")}\n`,
      "integrations.yaml": "events: { channel: email, provider: sandbox }\n",
    });
    const topics = async (environment?: string) => {
      const read = await readFolder(root, {
        limits,
        secretOf: (name) => secrets[name],
        ...(environment && { environment }),
      });
      return "documents" in read
        ? read.documents.map(({ kind, key, document }) => ({ kind, key, ...Object(document) }))
        : read;
    };
    expect(await topics()).toMatchObject([
      { kind: "integration", key: "events" },
      { kind: "source", key: "events", topic: "all", secrets: { password: "hunter2" } },
      { kind: "source", key: "other", topic: "other" },
    ]);
    expect(await topics("production")).toMatchObject([
      { kind: "integration", key: "events", provider: "sandbox" },
      { kind: "source", key: "other" },
      { kind: "source", key: "events", topic: "own" },
    ]);
    await write({ "sources.yaml": "events: { type: kafka, secrets: { password: letmein } }\n" });
    expect((await faults()).join("\n")).toContain("events.secrets.password must name an environment variable");
  });

  test("refuses secrets that are written out, missing or empty, and shows none", async () => {
    await write({
      "integrations.yaml": [
        "a: { channel: email, provider: smtp, secrets: { password: letmein } }",
        "b: { channel: email, provider: smtp, secrets: { password: { fromEnv: NOT_THERE } } }",
        "c: { channel: email, provider: smtp, secrets: { password: { fromEnv: EMPTY } } }",
      ].join("\n"),
    });
    const found = await faults();
    expect(found).toEqual([
      expect.stringMatching(/^integrations\.yaml:1:59: a\.secrets\.password must name an environment variable/),
      "integrations.yaml:2:59: b.secrets.password needs the variable NOT_THERE, which is not set",
      "integrations.yaml:3:59: c.secrets.password needs the variable EMPTY, which is not set",
    ]);
    expect(found.join()).not.toContain("letmein");
  });

  test("names file and line of every fault, of all files at once", async () => {
    await write({
      "categories.yaml": "news:\n  class: urgent\nspace key:\n  class: critical\n",
      "workflows/a.yaml":
        "category: news\nsteps:\n  - id: mail\n    type: channel\n    channel: pigeon\n    template: t\nowner: me\n",
      "workflows/b.yaml": "category: [unclosed\n",
      "workflows/c.yaml": "- a list\n",
    });
    expect(await faults()).toEqual([
      expect.stringMatching(/^categories\.yaml:2:10: news\.class /),
      expect.stringMatching(/^categories\.yaml:3:1: space key is not a key/),
      expect.stringMatching(/^workflows\/a\.yaml:5:14: steps\[0\]\.channel /),
      expect.stringMatching(/^workflows\/a\.yaml:7:1: owner is not known here/),
      expect.stringMatching(/^workflows\/b\.yaml:\d:\d+: /),
      expect.stringMatching(/^workflows\/c\.yaml:1:1: must be a mapping/),
    ]);
  });

  test("refuses files that lie where nothing is looked for", async () => {
    await write({
      "category.yaml": "x: 1",
      "workflows/a.json": "{}",
      "templates/t/email.html": "x",
      "workflows/deep/a.yaml": workflow,
    });
    expect((await faults()).map((fault) => fault.split(":")[0])).toEqual([
      "category.yaml",
      "templates/t/email.html",
      "workflows/a.json",
      "workflows/deep/a.yaml",
    ]);
  });

  test("names the template's file that is at fault", async () => {
    await write({
      "templates/t/email.subject.handlebars": "two\nlines\n",
      "templates/t/email.text.handlebars": "x",
      "templates/u/email.text.handlebars": "x",
    });
    expect(await faults()).toEqual([
      expect.stringMatching(/^templates\/t\/email\.subject\.handlebars:1:1: email\.subject must not contain control/),
      expect.stringMatching(/^templates\/u\/email\.text\.handlebars:1:1: email\.subject /),
    ]);
  });

  test("refuses the same key twice", async () => {
    await write({
      "categories.yaml": "a: { class: critical }",
      "categories.yml": "a: { class: critical }",
      "workflows/w.yaml": workflow,
      "workflows/w.yml": workflow,
    });
    expect(await faults()).toEqual([
      expect.stringContaining("category a, as categories.yaml has"),
      expect.stringContaining("workflow w"),
    ]);
    await write({ "categories.yml": "b: { class: critical }\nb: { class: critical }" });
    expect((await faults()).some((fault) => fault.startsWith("categories.yml:2"))).toBe(true);
  });

  test("keeps to its limits of files, size and aliases", async () => {
    await write({ "categories.yaml": `# ${"x".repeat(20_000)}` });
    expect(await faults()).toEqual([expect.stringContaining("larger than 10000 bytes")]);
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefghi".split("").map((name, index) => `${name}: &${name} [${`*${"abcdefgh"[index]},`.repeat(9)}]`),
    ];
    await write({ "categories.yaml": bomb.join("\n") });
    expect((await faults()).join()).toMatch(/alias/i);
    await write(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`workflows/w${index}.yaml`, workflow])));
    expect((await faults()).join()).toContain("one of more than 50 files");
  });

  test("refuses what is no text", async () => {
    await write({ "workflows/a.yaml": Buffer.from([0xff, 0xfe, 0x00]) });
    expect(await faults()).toEqual(["workflows/a.yaml:1:1: is not UTF-8 text"]);
  });

  test.skipIf(process.platform === "win32")("follows links that stay inside, and no other", async () => {
    await write({ ".versions/categories.yaml": "news: { class: marketing }\n" });
    await writeFile(join(parent, "secret.yaml"), "stolen: { class: critical }\n");
    await symlink(join(".versions", "categories.yaml"), join(root, "categories.yaml"));
    expect((await documents()).map((found) => found.key)).toEqual(["news"]);
    await symlink(join(parent, "secret.yaml"), join(root, "integrations.yaml"));
    await symlink(parent, join(root, "workflows"));
    await symlink("nowhere", join(root, "templates"));
    const found = await faults();
    expect(found).toEqual([
      "integrations.yaml:1:1: is a link that leads out of the folder",
      "templates:1:1: is a link to nothing",
      "workflows:1:1: is a link that leads out of the folder",
    ]);
  });
});

describe("the forms of a folder", () => {
  test("put a template together from its own file, fields, languages, messages and attachments", async () => {
    await write({
      "layouts/base/email.html.handlebars": "<b>{{> content}}</b>",
      "partials/a.b.html.handlebars": "<i></i>",
      "templates/t/template.yaml":
        "name: T\nlayout: base\nin_app:\n  text: Hello\n  actions:\n    - { key: open, label: Open }\n",
      "templates/t/email.subject.handlebars": "Hello\n",
      "templates/t/email.html.handlebars": "{{> a.b}}\n",
      "templates/t/de/email.subject.handlebars": "Hallo\n",
      "templates/t/sample.yaml": "data: { a: 1 }\n",
    });
    const result = await read();
    if ("faults" in result) throw new Error(result.faults.map(faultText).join("\n"));
    const template = result.documents.find(({ kind }) => kind === "template");
    expect(template?.document).toEqual({
      name: "T",
      layout: "base",
      in_app: { text: "Hello", actions: [{ key: "open", label: "Open" }] },
      email: { subject: "Hello", html: "{{> a.b}}\n" },
      locales: { de: { email: { subject: "Hallo" } } },
    });
    expect(result.samples.get("t")).toEqual({ data: { a: 1 } });
    expect(result.documents.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      "layout base",
      "partial a.b",
      "template t",
    ]);
    expect(template?.placeOf("locales.de.email.subject", 3)).toEqual({
      ...{ file: "templates/t/de/email.subject.handlebars", line: 3, column: 1 },
    });
    expect(template?.placeOf("in_app.actions[0].label")).toMatchObject({ file: "templates/t/template.yaml", line: 6 });
  });

  test("give an environment its own integrations, and other environments' secrets need not be here", async () => {
    await write({
      "integrations.yaml": "a: { channel: email, provider: sandbox }\nb: { channel: sms, provider: sandbox }\n",
      "integrations.production.yaml":
        "a: { channel: email, provider: smtp, secrets: { password: { fromEnv: NOT_HERE } } }\nc: { channel: push, provider: x }\n",
    });
    const found = async (environment: string, secretOf?: (name: string) => string) => {
      const result = await readFolder(root, { limits, environment, ...(secretOf ? { secretOf } : {}) });
      if ("faults" in result) return result.faults.map(faultText);
      return result.documents.map(({ key, document }) => [key, Reflect.get(Object(document), "provider")].join(" "));
    };
    expect(await found("development")).toEqual(["a sandbox", "b sandbox"]);
    expect(await found("production", () => "secret")).toEqual(["b sandbox", "a smtp", "c x"]);
    expect(await found("production")).toEqual(["b sandbox", "a smtp", "c x"]);
    expect(await found("production", () => "")).toEqual([expect.stringContaining("NOT_HERE, which is not set")]);
  });

  test("refuse a field that is written twice, and tell where what is missing belongs", async () => {
    await write({
      "templates/t/template.yaml": "email:\n  subject: Hello\n",
      "templates/t/email.subject.handlebars": "Hello\n",
      "templates/t/email.text.handlebars": "x\n",
    });
    expect(await faults()).toEqual([
      "templates/t/email.subject.handlebars:1:1: is email.subject, which is written elsewhere too",
    ]);
  });
});
