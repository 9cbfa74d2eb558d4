import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { faultText } from "@tidings/folder/fault";
import { planPromotion, promote } from "@tidings/folder/promote";
import { pull } from "@tidings/folder/pull";
import { planPush } from "@tidings/folder/push";
import { readFolder } from "@tidings/folder/read-folder";
import type { FolderDocument } from "@tidings/folder/reading";
import { type ConfigurationRemote, kindsInOrder, listAll } from "@tidings/folder/remote";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Api } from "../../harness/api.ts";
import { stopChild } from "../../harness/child.ts";
import { remoteOf } from "../../harness/remote.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../../harness/server-process.ts";
import { write, writeWholeFolder } from "./whole-folder.ts";

/* The way of a folder: pushed, changed, checked, promoted to production, rolled back, pulled. One test after the other. */

const limits = { filesMax: 200, fileBytesMax: 100_000, bytesMax: 1e6, runMs: 20_000, memoryMib: 128 };
const parent = mkdtempSync(join(tmpdir(), "tidings push "));
const root = join(parent, "notifications");
const productionKey = "tdg_p_the-key-of-production-in-tests-0123456789";
let server: ServerProcess;
let api: Api;
let development: ConfigurationRemote;
let production: ConfigurationRemote;
const changesSchema = z.object({ version: z.int(), origin: z.string().optional(), document: z.unknown() });

beforeAll(async () => {
  server = await startServerProcess(join(parent, "data"), { TIDINGS_PRODUCTION_API_KEY: productionKey });
  api = new Api(server.url);
  development = remoteOf(api, "development", apiKey);
  production = remoteOf(api, "production", productionKey);
  writeWholeFolder(root);
}, 240_000);
afterAll(async () => {
  await api?.close();
  await stopChild(server);
  rmSync(parent, { recursive: true, force: true });
});

async function folder(): Promise<FolderDocument[]> {
  const read = await readFolder(root, { limits, environment: "development", secretOf: () => "secret-of-tests" });
  if ("faults" in read) throw new Error(read.faults.map(faultText).join("\n"));
  return read.documents;
}

async function push(): Promise<string[]> {
  const plan = await planPush(await folder(), development);
  expect(plan.faults.map(faultText)).toEqual([]);
  const changes = await development.apply(plan.set);
  return changes
    .filter(({ change }) => change !== "unchanged")
    .map(({ kind, key, version, change }) => `${kind} ${key} ${version} ${change}`);
}

const get = async (path: string, key: string) => {
  const { status, json } = await api.call("GET", path, undefined, { authorization: `Bearer ${key}` });
  return status === 200 ? changesSchema.parse(json) : undefined;
};

/** Every document of an environment, as `kind key` with its version. */
const versionsOf = async (remote: ConfigurationRemote) =>
  new Map((await listAll(remote, kindsInOrder)).map(({ kind, key, version }) => [`${kind} ${key}`, version]));

const first = "Order {{data.order}} is on its way";
const second = "Good news: order {{data.order}} is on its way";

// One after the other: each goes on with what the one before left.
describe("a folder", { shuffle: false }, () => {
  test("is pushed, checked, promoted, rolled back and pulled, with exact versions and documents", async () => {
    // Pushed: all are created, a second time nothing changes.
    const documents = await folder();
    const subject = readFileSync(join(root, "templates/order-shipped/email.subject.handlebars"), "utf8").trimEnd();
    write(root, "templates/order-shipped/email.subject.handlebars", `${first}\n`);
    const created = await push();
    expect(subject).not.toBe("");
    expect(created).toHaveLength(documents.length);
    expect(created.every((change) => change.endsWith(" 1 created"))).toBe(true);
    expect(await push()).toEqual([]);

    // Changed: the check shows what is different, and writes nothing.
    write(root, "templates/order-shipped/email.subject.handlebars", `${second}\n`);
    const plan = await planPush(await folder(), development);
    expect(plan.differences.filter(({ change }) => change !== "unchanged")).toEqual([
      {
        ...{ kind: "template", key: "order-shipped", file: "templates/order-shipped", change: "changed", version: 1 },
        lines: [`- email.subject: ${JSON.stringify(first)}`, `+ email.subject: ${JSON.stringify(second)}`],
      },
    ]);
    expect((await get("/v1/templates/order-shipped", apiKey))?.version).toBe(1);
    expect(await push()).toEqual(["template order-shipped 2 changed"]);

    // Promoted: production has exactly these documents, and says where they came from.
    const promotion = await planPromotion(development, production);
    expect(promotion.faults).toEqual([]);
    const promoted = await promote(development, production, promotion);
    expect(promoted.length).toBeGreaterThan(10);
    expect(promoted.every(({ equal, version, change }) => equal && version === 1 && change === "created")).toBe(true);
    const kinds = kindsInOrder.filter((kind) => kind !== "integration" && kind !== "tenant");
    const [theirs, ours] = [await listAll(production, kinds), await listAll(development, kinds)];
    expect(theirs.map(({ kind, key, document }) => ({ kind, key, document }))).toEqual(
      ours.map(({ kind, key, document }) => ({ kind, key, document })),
    );
    expect(await production.list("integration")).toEqual([]);
    expect((await get("/v1/templates/order-shipped", productionKey))?.origin).toBe("development version 2");
    expect(
      (await planPromotion(development, production)).differences.every(({ change }) => change === "unchanged"),
    ).toBe(true);

    // Rolled back: a third version whose document is that of the first, in development alone.
    const before = await get("/v1/templates/order-shipped?version=1", apiKey);
    const { status } = await api.call("POST", "/v1/templates/order-shipped/rollback", { version: 1 });
    expect(status).toBe(200);
    const rolled = await get("/v1/templates/order-shipped", apiKey);
    expect(rolled).toEqual({ version: 3, origin: "version 1", document: before?.document });
    expect((await get("/v1/templates/order-shipped", productionKey))?.version).toBe(1);

    // Pulled: the folder says what development says, and pushing it changes nothing.
    const read = await folder();
    const existing = new Map([["templates/order-shipped/email.subject.handlebars", `${second}\n`]]);
    const pulled = pull(await listAll(development, ["template"]), {
      existing,
      documents: read,
      environment: "development",
    });
    const files = [...pulled.files].filter(([path]) => path.endsWith("order-shipped/email.subject.handlebars"));
    expect(files).toEqual([["templates/order-shipped/email.subject.handlebars", `${first}\n`]]);
    for (const [path, content] of files) write(root, path, content ?? "");
    const versions = await versionsOf(development);
    expect(await push()).toEqual([]);
    expect(await versionsOf(development)).toEqual(versions);
    expect([...versions].filter(([, version]) => version !== 1)).toEqual([["template order-shipped", 3]]);
  }, 400_000);

  test("never writes over what was written since it was compared", async () => {
    write(
      root,
      "workflows/newsletter.yaml",
      `${readFileSync(join(root, "workflows/newsletter.yaml"), "utf8")}# seen\n`,
    );
    write(root, "categories.yaml", readFileSync(join(root, "categories.yaml"), "utf8").replace("Product news", "News"));
    const plan = await planPush(await folder(), development);
    await api.put("/v1/categories/news", { class: "marketing", description: "written meanwhile" });
    const before = await versionsOf(development);
    await expect(development.apply(plan.set)).rejects.toThrow(/version_conflict/);
    expect(await versionsOf(development)).toEqual(before);
  }, 240_000);

  test("pushed with pruning deletes what it does not have", async () => {
    await api.put("/v1/categories/extra", { class: "critical" });
    const documents = await folder();
    const kept = await planPush(documents, development);
    expect(kept.differences.find(({ change }) => change === "extra")?.key).toBe("extra");
    expect(kept.set.delete).toEqual([]);
    const { set } = await planPush(documents, development, { prune: true });
    expect(await development.apply(set)).toContainEqual({
      kind: "category",
      key: "extra",
      version: 2,
      change: "deleted",
    });
    expect((await development.list("category")).map(({ key }) => key)).toEqual(["news", "orders", "security"]);
  }, 240_000);
});
