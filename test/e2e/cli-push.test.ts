import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type CliResult, tidings } from "../harness/cli.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const example = fileURLToPath(new URL("../../notifications", import.meta.url));
const env = { STAGING_KEY: apiKey, PRODUCTION_KEY: apiKey };

/** A folder of an application, beside it two environments that have nothing yet. */
class World {
  readonly folder = mkdtempSync(join(tmpdir(), "tidings push "));
  readonly notifications = join(this.folder, "notifications");
  readonly subject = join(this.notifications, "templates/order-shipped/email.subject.handlebars");
  readonly #servers: ServerProcess[] = [];

  async start(settings: Record<string, string> = {}): Promise<void> {
    const lines = ["default: staging", "environments:"];
    for (const name of ["staging", "production"]) {
      const server = await startServerProcess(join(this.folder, name), settings);
      this.#servers.push(server);
      lines.push(`  ${name}: { url: ${server.url}, apiKey: { fromEnv: ${name.toUpperCase()}_KEY } }`);
    }
    writeFileSync(join(this.folder, "tidings.yaml"), `${lines.join("\n")}\n`);
  }

  /** The example as the repository has it. */
  reset(): void {
    rmSync(this.notifications, { recursive: true, force: true });
    cpSync(example, this.notifications, { recursive: true });
  }

  run(...args: string[]): Promise<CliResult> {
    return this.runWith({}, ...args);
  }

  runWith(more: Record<string, string>, ...args: string[]): Promise<CliResult> {
    return tidings(args, { cwd: this.folder, env: { ...env, ...more } });
  }

  async json<T extends z.ZodType>(schema: T, ...args: string[]): Promise<{ code: number; document: z.infer<T> }> {
    const { code, stdout, stderr } = await this.run(...args, "--json");
    const parsed = schema.safeParse(stdout === "" ? undefined : JSON.parse(stdout));
    if (!parsed.success) throw new Error(`${parsed.error.message}\n${stdout}\n${stderr}`);
    return { code, document: parsed.data };
  }

  /** The address of the first environment. */
  get staging(): string {
    return this.#servers[0]?.url ?? "";
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) await stopChild(server);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const change = z.object({ kind: z.string(), key: z.string(), version: z.int(), change: z.string() });
const difference = change.extend({ file: z.string(), lines: z.array(z.string()) });
const pushed = z.object({
  environment: z.string(),
  applied: z.boolean(),
  differences: z.array(difference),
  changes: z.array(change),
  unchecked: z.int(),
});

const promoted = z.object({
  applied: z.boolean(),
  changes: z.array(change.extend({ sourceVersion: z.int(), equal: z.boolean() })),
});
const rolledBack = z.object({ version: z.int(), of: z.int() });
const versionList = z.object({ items: z.array(z.object({ version: z.int(), current: z.boolean() })) });

const versionOf = (changes: readonly z.infer<typeof change>[], kind: string, key: string) =>
  changes.find((each) => each.kind === kind && each.key === key)?.version;

const way = new World();
const world = new World();
beforeAll(async () => {
  await Promise.all([way.start(), world.start({ TIDINGS_PART_USERS_CHECKED_MAX: "1" })]);
}, 60_000);
afterAll(async () => {
  await Promise.all([way.stop(), world.stop()]);
});

describe("a folder's way through two environments", { timeout: 120_000 }, () => {
  test("is pushed, changed, checked, promoted and rolled back, with exact versions", async () => {
    way.reset();
    const before = readFileSync(way.subject, "utf8");
    await pushFirst();
    await pushChange();
    await promoteChange();
    await rollBackAndPull(before);
  });

  async function pushFirst(): Promise<void> {
    const missing = await way.json(pushed, "push", "--check");
    expect([missing.code, missing.document.applied]).toEqual([1, false]);
    expect(missing.document.differences.every((each) => each.change === "created" && each.version === 0)).toBe(true);
    const asked = await way.run("push");
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("--yes")]);
    const { code, document } = await way.json(pushed, "push", "--yes");
    expect([code, document.applied, document.changes.every(({ version }) => version === 1)]).toEqual([0, true, true]);
    expect(await way.json(pushed, "push", "--check")).toMatchObject({ code: 0, document: { applied: false } });
    expect((await way.run("push")).stderr).toContain("is what the folder says");
    expect((await way.run("push", "--profile", "production", "--yes")).code).toBe(0);
  }

  async function pushChange(): Promise<void> {
    writeFileSync(way.subject, "On its way: {{data.order}}\n");
    const shown = await way.run("push", "--check");
    expect(shown.code).toBe(1);
    expect(shown.stdout).toMatch(/^~ template order-shipped {2}differs from version 1/m);
    expect(shown.stdout).toContain("On its way");
    expect(shown.stdout).not.toContain("password-reset");
    const { document } = await way.json(pushed, "push", "--yes");
    expect(versionOf(document.changes, "template", "order-shipped")).toBe(2);
    expect(versionOf(document.changes, "template", "password-reset")).toBe(1);
  }

  async function promoteChange(): Promise<void> {
    const between = ["promote", "--from", "staging", "--to", "production"];
    expect((await way.run("promote", "--from", "staging", "--to", "staging")).code).toBe(2);
    const due = await way.run(...between, "--check");
    expect([due.code, due.stdout]).toEqual([
      1,
      expect.stringMatching(/^~ template order-shipped {2}differs from version 1/),
    ]);
    const { code, document } = await way.json(promoted, ...between, "--yes");
    expect([code, document.applied, document.changes.every(({ equal }) => equal)]).toEqual([0, true, true]);
    const copy = document.changes.find(({ kind, key }) => kind === "template" && key === "order-shipped");
    expect(copy).toMatchObject({ change: "changed", version: 2, sourceVersion: 2 });
    expect((await way.run(...between, "--check")).code).toBe(0);
    const origin = await way.run("versions", "template", "order-shipped", "--profile", "production");
    expect(origin.stdout).toMatch(/^2 .*current .*development version 2$/m);
  }

  async function rollBackAndPull(before: string): Promise<void> {
    const rolled = await way.json(rolledBack, "rollback", "template", "order-shipped", "1", "--yes");
    expect(rolled).toMatchObject({ code: 0, document: { version: 3, of: 1 } });
    const { document } = await way.json(versionList, "versions", "template", "order-shipped");
    expect(document.items.map(({ version, current }) => [version, current])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect((await way.run("pull", "--check")).code).toBe(1);
    const pulled = await way.run("pull", "--yes");
    expect([pulled.code, pulled.stdout]).toEqual([0, "~ templates/order-shipped/email.subject.handlebars\n"]);
    expect(readFileSync(way.subject, "utf8")).toBe(before);
    expect((await way.run("push", "--check")).code).toBe(0);
    expect((await way.run("pull", "--check")).code).toBe(0);
  }
});

describe("push", { timeout: 120_000 }, () => {
  beforeEach(async () => {
    world.reset();
    expect((await world.run("push", "--yes")).code).toBe(0);
  });

  test("deletes what the folder has not only where it is asked to", async () => {
    rmSync(join(world.notifications, "workflows/newsletter.yaml"));
    const kept = await world.run("push", "--check");
    expect([kept.code, kept.stderr]).toEqual([
      0,
      expect.stringContaining("workflow newsletter (--prune deletes them)"),
    ]);
    expect((await world.run("push", "--check", "--prune")).code).toBe(1);
    const { document } = await world.json(pushed, "push", "--prune", "--yes");
    expect(document.changes).toContainEqual(
      expect.objectContaining({ kind: "workflow", key: "newsletter", change: "deleted" }),
    );
  });

  test("applies all or nothing, and tells each fault by file and line", async () => {
    const workflow = join(world.notifications, "workflows/order-shipped.yaml");
    const text = readFileSync(workflow, "utf8");
    writeFileSync(world.subject, "Never seen\n");
    writeFileSync(workflow, text.replace("template: order-shipped", "template: order-shiped"));
    const broken = await world.run("push", "--yes");
    expect(broken.code).toBe(2);
    expect(broken.stderr).toMatch(/^ {2}notifications\/workflows\/order-shipped\.yaml:\d+:\d+: .*order-shiped/m);
    expect((await world.run("push", "--check")).code).toBe(1);
    writeFileSync(workflow, text);
    const { document } = await world.json(pushed, "push", "--check");
    const changed = document.differences.filter(({ change: is }) => is === "changed");
    expect(changed.map(({ kind, key }) => `${kind} ${key}`)).toEqual(["template order-shipped"]);
  });

  test("tells how many that use a changed partial the server did not check", async () => {
    const api = new Api(world.staging);
    for (const key of ["there-alone", "there-too"]) {
      await api.put(`/v1/templates/${key}`, { email: { subject: "s", html: "{{> button}}" } });
    }
    await api.close();
    const note = /were too many to be checked: 1 /;
    expect((await world.run("push", "--check")).stderr).not.toMatch(note);
    writeFileSync(join(world.notifications, "partials/button.html.handlebars"), "<b>{{label}}</b>\n");
    expect((await world.run("push", "--check")).stderr).toMatch(note);
    expect((await world.json(pushed, "push", "--yes", "--prune")).document).toMatchObject({ unchecked: 0 });
  });

  test("sends secrets by their variables, tells that they change, and prints none", async () => {
    const file = join(world.notifications, "integrations.yaml");
    writeFileSync(
      file,
      `${readFileSync(file, "utf8")}\nhook:\n  channel: webhook\n  provider: webhook\n  secrets: { secret: { fromEnv: HOOK_SECRET } }\n`,
    );
    const [first, second] = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"];
    const push = (secret: string) => world.runWith({ HOOK_SECRET: secret }, "push", "--yes");
    const made = await push(first);
    expect([made.code, made.stdout]).toEqual([0, expect.stringContaining("+ integration hook")]);
    const changed = await push(second);
    expect([changed.code, changed.stdout]).toEqual([
      0,
      expect.stringContaining("~ integration hook  has other secrets"),
    ]);
    expect((await push(second)).stdout).toBe("");
    expect(made.stdout + made.stderr + changed.stdout + changed.stderr).not.toMatch(/MfKQ|C2FV/);
    const unset = await world.run("push", "--yes");
    expect([unset.code, unset.stderr]).toEqual([2, expect.stringMatching(/integrations\.yaml:\d+:\d+: .*HOOK_SECRET/)]);
  });
});

describe("what lies around a push", { timeout: 120_000 }, () => {
  beforeEach(() => world.reset());

  test("are schemas for editors", async () => {
    rmSync(join(world.notifications, "schemas"), { recursive: true, force: true });
    expect((await world.run("schemas", "--check")).code).toBe(1);
    expect((await world.run("schemas")).code).toBe(0);
    expect((await world.run("schemas", "--check")).code).toBe(0);
    const schema = JSON.parse(readFileSync(join(world.notifications, "schemas/workflow.json"), "utf8"));
    expect(schema).toMatchObject({ title: "Workflow", type: "object" });
  });

  test("are previews, of the folder's template with its sample, before anything was pushed", async () => {
    const sample = "data: { name: Anna, order: 4711, carrier: Post, trackingUrl: https://example.com/, items: [] }\n";
    writeFileSync(join(world.notifications, "templates/order-shipped/sample.yaml"), sample);
    writeFileSync(world.subject, "Here comes {{data.order}}\n");
    const shown = await world.run("preview", "order-shipped", "--channel", "email");
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining("Here comes 4711")]);
    expect((await world.run("preview", "order-shipped", "--html", "order.html", "--json")).code).toBe(0);
    expect(readFileSync(join(world.folder, "order.html"), "utf8")).toContain("4711");
    const lacking = await world.run("preview", "order-shipped", "-d", "{}");
    expect([lacking.code, lacking.stderr]).toEqual([1, expect.stringContaining("warning:")]);
    expect((await world.run("preview", "nowhere")).code).toBe(3);
  });

  test("is a pull into an empty folder, after which a push changes nothing", async () => {
    // What another test has pushed beyond the example names secrets that are not here.
    expect((await world.run("push", "--prune", "--yes")).code).toBe(0);
    const empty = join(world.folder, "copy");
    expect((await world.run("pull", empty)).code).toBe(2);
    const pulled = await world.run("pull", empty, "--yes");
    expect(pulled.code).toBe(0);
    const checked = await world.run("push", empty, "--check");
    expect([checked.code, checked.stdout]).toEqual([0, ""]);
  });
});
