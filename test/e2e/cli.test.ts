import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newApiKeySchema } from "@tidings/contract/api-keys";
import { deadLetterSchema } from "@tidings/contract/dead-letters";
import { eventSchema } from "@tidings/contract/events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { configureOrders } from "../harness/configure-orders.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings cli "));
let server: ServerProcess;
let env: Record<string, string>;

/** Runs the command against the server. */
const run = (...args: string[]) => tidings(args, { cwd, env });

async function runJson<T extends z.ZodType>(schema: T, ...args: string[]): Promise<z.infer<T>> {
  const { stdout, stderr } = await run(...args, "--json");
  try {
    return schema.parse(JSON.parse(stdout));
  } catch (error) {
    throw new Error(`${String(error)}\n${stdout}\n${stderr}`);
  }
}

const errorSchema = z.object({
  error: z.object({
    message: z.string(),
    code: z.string(),
    exitCode: z.int(),
    hint: z.string().optional(),
    places: z.array(z.object({ at: z.string(), message: z.string() })),
  }),
});
const errorOf = (stderr: string) => errorSchema.parse(JSON.parse(stderr)).error;

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"));
  env = { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey };
  const api = new Api(server.url);
  await configureOrders(api);
  await api.close();
}, 30_000);

afterAll(async () => {
  await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

describe("send", { timeout: 60_000 }, () => {
  test("gives the id of an event, and with --wait what became of it", async () => {
    const { code, stdout } = await run("send", "order.mail", "-r", "anna");
    expect([code, z.uuid().safeParse(stdout.trim()).success]).toEqual([0, true]);
    const event = await runJson(
      eventSchema,
      "send",
      "order.mail",
      "-r",
      '{"id":"anna","email":"anna@example.com"}',
      "-d",
      '{"order":4711}',
      "--wait",
    );
    expect(event.runs[0]?.messages[0]).toMatchObject({ state: "sent", channel: "email", recipient: "anna" });
    const shown = await run("send", "order.mail", "-r", "anna", "-w");
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/order\.mail v1 for anna: completed\n\s+email {2}→ anna {2}sent {2}mailbox/);
    expect(shown.stdout).not.toContain("\x1b[");
  });

  test("reads recipients and data from files, and is one event under an idempotency key", async () => {
    writeFileSync(join(cwd, "people.yaml"), "- id: ben\n  email: ben@example.com\n- carla\n");
    writeFileSync(join(cwd, "order.json"), '{"order": 4712}');
    const args = [
      "send",
      "order.mail",
      "-r",
      "@people.yaml",
      "-r",
      "anna",
      "-d",
      "@order.json",
      "--idempotency-key",
      "k1",
    ];
    const event = await runJson(eventSchema, ...args, "--wait");
    expect(event.recipients).toEqual(["ben", "carla", "anna"]);
    expect(event.data).toEqual({ order: 4712 });
    expect((await run(...args)).stdout.trim()).toBe(event.id);
    const other = await run(...args.slice(0, -1), "k1", "--tenant", "t", "--json");
    expect([other.code, errorOf(other.stderr).code]).toEqual([3, "idempotency_mismatch"]);
  });

  test("ends with 1 where a message failed, and where nothing was sent", async () => {
    const dead = await run("send", "order.hook", "-r", '{"id":"dora","webhook":"http://127.0.0.1:1/"}', "--wait");
    expect(dead.code).toBe(1);
    expect(dead.stdout).toMatch(/webhook {2}→ dora {2}dead/);
    const nothing = await run("send", "nobody.waits", "-r", "anna", "--wait");
    expect([nothing.code, nothing.stderr]).toEqual([1, "no message was made of it\n"]);
    expect(nothing.stdout).toContain("no_workflow");
  });

  test("tells by path what is wrong before anything is sent", async () => {
    const { code, stdout, stderr } = await run(
      "send",
      "order.mail",
      "-r",
      '{"id":"a","email":"nonsense"}',
      "--scheduled-at",
      "tomorrow",
    );
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^error: .*\n {2}recipients\[0\]\.email must be a mail address\n {2}scheduledAt .*\nhint: .*\n$/,
    );
    expect((await run("send", "x", "-r", "a", "-d", "{bad")).stderr).toContain("error: --data cannot be read");
    expect((await run("send", "x", "-r", "a", "-d", "@nowhere.json")).stderr).toContain(
      "error: there is no file nowhere.json",
    );
  });
});

describe("keys", { timeout: 60_000 }, () => {
  test("are made, used, listed without the key itself, and revoked", async () => {
    const made = await run("keys", "create", "ci");
    const key = made.stdout.trim();
    expect([made.code, key]).toEqual([0, expect.stringMatching(/^tdg_d_\S{43}$/)]);
    const listed = await run("keys", "list");
    expect(listed.stdout).toContain(key.slice(0, 12));
    expect(listed.stdout + listed.stderr).not.toContain(key);
    const { items } = await runJson(
      z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) }),
      "keys",
      "list",
    );
    const id = items.find(({ name }) => name === "ci")?.id ?? "";
    expect((await tidings(["keys", "list"], { cwd, env: { ...env, TIDINGS_API_KEY: key } })).code).toBe(0);
    const asked = await run("keys", "revoke", id);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("hint: --yes")]);
    expect((await run("keys", "revoke", id, "--yes")).code).toBe(0);
    const refused = await tidings(["keys", "list", "--json"], { cwd, env: { ...env, TIDINGS_API_KEY: key } });
    expect([refused.code, refused.stdout, errorOf(refused.stderr).code]).toEqual([3, "", "unauthorized"]);
    expect(refused.stderr).not.toContain(key);
  });

  test("are found by the beginning that the list shows", async () => {
    const { key, prefix } = await runJson(newApiKeySchema, "keys", "create", "another");
    expect((await run("keys", "revoke", `${prefix}…`, "-y")).stderr).toBe("revoked another\n");
    expect((await tidings(["keys", "list"], { cwd, env: { ...env, TIDINGS_API_KEY: key } })).code).toBe(3);
  });
});

describe("dead-letters", { timeout: 60_000 }, () => {
  const page = z.object({ items: z.array(deadLetterSchema), more: z.boolean() });

  test("are listed by filter, shown, and replayed", async () => {
    for (const id of ["d1", "d2", "d3"]) {
      await run("send", "order.hook", "-r", JSON.stringify({ id, webhook: "http://127.0.0.1:1/" }), "--wait");
    }
    const { items } = await runJson(page, "dead-letters", "list", "--channel", "webhook");
    expect(items.map(({ message }) => message?.recipient).slice(0, 3)).toEqual(["d3", "d2", "d1"]);
    expect((await runJson(page, "dead-letters", "list", "--channel", "sms")).items).toEqual([]);
    expect(await runJson(page, "dead-letters", "list", "--limit", "1")).toMatchObject({ more: true });
    const [first] = items;
    const shown = await run("dead-letters", "show", first?.id ?? "");
    expect(shown.stdout).toContain(first?.reason);
    expect(shown.stdout).toMatch(/attempt 1 by hook/);
    const replayed = z.object({ replayed: z.int(), expired: z.int() });
    expect(await runJson(replayed, "dead-letters", "replay", first?.id ?? "")).toEqual({ replayed: 1, expired: 0 });
    const all = await runJson(replayed, "dead-letters", "replay", "--channel", "webhook", "--yes");
    expect(all.replayed).toBeGreaterThanOrEqual(2);
  });

  test("are not replayed by accident", async () => {
    expect((await run("dead-letters", "replay")).stderr).toContain("error: replay needs ids, a filter or --all");
    expect((await run("dead-letters", "replay", "--all")).stderr).toContain("error: there is nobody to ask");
    expect((await run("dead-letters", "replay", "x", "--all")).code).toBe(2);
  });
});

describe("a failure", { timeout: 60_000 }, () => {
  test("is told by its exit status and two lines, never by a stack", async () => {
    const none = await tidings(["keys", "list"], {
      cwd,
      env: { TIDINGS_URL: "http://127.0.0.1:1", TIDINGS_API_KEY: apiKey },
    });
    expect([none.code, none.stdout]).toEqual([4, ""]);
    expect(none.stderr).toMatch(/^error: the API cannot be reached.*\nhint: .*\n$/);
    const traced = await tidings(["keys", "list", "--debug"], {
      cwd,
      env: { TIDINGS_URL: "http://127.0.0.1:1", TIDINGS_API_KEY: apiKey },
    });
    expect(traced.stderr).toMatch(/\n\s+at /);
    const unknown = await run("dead-letters", "show", "01900000-0000-8000-8000-000000000000", "--json");
    expect([unknown.code, errorOf(unknown.stderr)]).toEqual([
      3,
      expect.objectContaining({ code: "not_found", exitCode: 3 }),
    ]);
    const noKey = await tidings(["keys", "list"], { cwd, env: { TIDINGS_URL: "https://example.com" } });
    expect([noKey.code, noKey.stderr]).toEqual([
      2,
      expect.stringContaining("error: no API key for https://example.com"),
    ]);
  });

  test("says that something else answers there", async () => {
    const other = createServer((_request, response) =>
      response.setHeader("content-type", "application/json").end("[]"),
    );
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const listed = await tidings(["keys", "list"], { cwd, env: { TIDINGS_URL: url, TIDINGS_API_KEY: apiKey } });
    expect([listed.code, listed.stderr]).toEqual([4, expect.stringContaining("something else answers there")]);
    const doctor = await tidings(["doctor"], { cwd, env: { TIDINGS_URL: url } });
    expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringContaining("is not Tidings")]);
    await new Promise((resolve) => other.close(resolve));
  });

  test("of time ends with 4", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const slow = await tidings(["keys", "list", "--timeout", "0.2"], {
      cwd,
      env: { TIDINGS_URL: `http://127.0.0.1:${port}`, TIDINGS_API_KEY: apiKey },
    });
    expect([slow.code, slow.stderr]).toEqual([4, expect.stringContaining("did not answer within")]);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe("help and version", { timeout: 60_000 }, () => {
  test("go to stdout and end with 0", async () => {
    const version = await run("--version");
    expect([version.code, version.stdout]).toEqual([0, "0.1.0\n"]);
    for (const args of [[], ["help"], ["--help"]]) {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stderr]).toEqual([0, ""]);
      for (const word of ["start", "dead-letters replay", "exit status", "--json"]) expect(stdout).toContain(word);
    }
    expect((await run("help", "send")).stdout).toContain("examples:");
  });

  test("suggest what was meant", async () => {
    const { code, stdout, stderr } = await run("sned");
    expect([code, stdout, stderr]).toEqual([2, "", 'error: there is no command "sned"\nhint: Did you mean send?\n']);
  });
});

describe("doctor", { timeout: 60_000 }, () => {
  const report = z.object({
    ok: z.boolean(),
    checks: z.array(
      z.object({ name: z.string(), status: z.string(), detail: z.string(), hint: z.string().optional() }),
    ),
    settings: z.array(
      z.object({ name: z.string(), value: z.string(), source: z.string(), default: z.string(), limit: z.string() }),
    ),
  });
  const statuses = (checks: z.infer<typeof report>["checks"]) =>
    Object.fromEntries(checks.map(({ name, status }) => [name, status]));

  test("looks at everything, and lists every setting with its source and limit", async () => {
    const { ok, checks, settings } = await runJson(report, "doctor");
    expect(statuses(checks)).toMatchObject({
      Node: "ok",
      Settings: "ok",
      "Data folder": "ok",
      Disk: "ok",
      API: "ok",
      Version: "ok",
      Clock: "ok",
      "API key": "ok",
      "Ready: store": "ok",
      "Master key": "note",
    });
    expect(ok).toBe(true);
    expect(settings.find(({ name }) => name === "TIDINGS_API_KEY")).toMatchObject({
      value: "(set)",
      source: "environment",
    });
    const text = await run("doctor", "--settings");
    for (const { name, limit } of settings) {
      expect(text.stdout).toContain(`${name} `);
      expect(text.stdout).toContain(limit);
    }
    expect(text.stdout).not.toContain(apiKey);
  });

  test("finds what is wrong", async () => {
    writeFileSync(join(cwd, "file"), "");
    const wrong = {
      ...env,
      TIDINGS_API_KEY: `${apiKey}-of-nobody`,
      TIDINGS_DATA_DIR: "./file",
      TIDINGS_NOTIFICATIONS_DIR: ".",
    };
    const { code, stdout } = await tidings(["doctor", "--json"], { cwd, env: wrong });
    const { ok, checks } = report.parse(JSON.parse(stdout));
    expect([code, ok]).toEqual([1, false]);
    expect(statuses(checks)).toMatchObject({
      "API key": "failed",
      "Data folder": "failed",
      "Notifications folder": "failed",
    });
    const settings = await tidings(["doctor"], { cwd, env: { ...env, TIDINGS_PROT: "1" } });
    expect([settings.code, settings.stdout]).toEqual([
      1,
      expect.stringContaining("TIDINGS_PROT is not a setting; did you mean TIDINGS_PORT?"),
    ]);
  });
});
