import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findingSchema, probeSchema } from "@tidings/contract/readiness";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { startDns } from "../harness/dns-server.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings readiness "));
let server: ServerProcess;
let api: Api;
let env: Record<string, string>;

/** A vendor whose accounts `main` and `spare` each work or do not. */
const works = { main: true, spare: true };
const vendor = createServer((request, response) => {
  const account = request.url?.startsWith("/main") ? "main" : "spare";
  response.writeHead(works[account] ? 200 : 401).end("{}");
});

const key = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicKey = key.publicKey.export({ type: "spki", format: "der" }).toString("base64");
const record = `v=DKIM1; k=rsa; p=${publicKey}`;

beforeAll(async () => {
  vendor.listen(0, "127.0.0.1");
  await once(vendor, "listening");
  server = await startServerProcess(join(cwd, "data"), {
    TIDINGS_PROBE_LOOK_MS: "100",
    TIDINGS_PROBE_AFTER_FAILURE_MS: "1000",
  });
  env = { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey };
  api = new Api(server.url);
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  await new Promise((resolve) => vendor.close(resolve));
  rmSync(cwd, { recursive: true, force: true });
});

afterEach(async () => {
  for (const name of ["main", "spare", "box", "mail"]) await api.call("DELETE", `/v1/integrations/${name}`);
});

const run = (...args: string[]) => tidings(args, { cwd, env });

const integration = (account: "main" | "spare", more: object = {}) => ({
  channel: "sms",
  provider: "http",
  settings: {
    baseUrl: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`,
    request: { path: "/messages", body: { to: { $: "message.to" } } },
    probe: { path: `/${account}` },
  },
  ...more,
});

/** Resolves once the server knows of an integration what the test waits for. */
const untilProbe = (name: string, fits: (probe: z.infer<typeof probeSchema>) => boolean) =>
  until(`the probe of ${name} says so`, async () => {
    const { json } = await api.call("GET", `/v1/integrations/${name}`);
    const { probe } = z.object({ probe: probeSchema.optional() }).parse(json);
    return probe !== undefined && fits(probe);
  });

const reportSchema = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), status: z.string(), detail: z.string() })),
  probes: z.array(probeSchema.extend({ integration: z.string() })),
  findings: z.array(findingSchema),
});

async function doctor(...args: string[]) {
  const { code, stdout, stderr } = await run("doctor", "--json", ...args);
  if (stdout === "") throw new Error(stderr);
  const report = reportSchema.parse(JSON.parse(stdout));
  return {
    code,
    ...report,
    findings: report.findings.map((each) => `${each.severity} ${each.code} ${each.integration ?? each.channel}`),
  };
}

describe("readiness", { timeout: 60_000 }, () => {
  beforeEach(async () => {
    works.main = true;
    works.spare = true;
    await api.put("/v1/categories/security", { class: "critical" });
    await api.put("/v1/templates/code", { sms: { text: "Your code is {{data.code}}" } });
    await api.put("/v1/workflows/code", {
      category: "security",
      steps: [{ id: "s", type: "channel", channel: "sms", template: "code" }],
    });
  });

  test("is looked at by the server itself, and told by the doctor until it is mended", async () => {
    expect(await doctor()).toMatchObject({ code: 1, ok: false, findings: ["error channel_unserved sms"], probes: [] });
    works.main = false;
    await api.put("/v1/integrations/main", integration("main"));
    await untilProbe("main", ({ status, code }) => status === "failed" && code === "401");
    expect((await doctor()).findings).toEqual(["error probe_failed main", "warning channel_without_fallback main"]);
    works.main = true;
    await api.put("/v1/integrations/spare", integration("spare", { priority: 500 }));
    await untilProbe("main", ({ status }) => status === "ok");
    await untilProbe("spare", ({ status, lastGoodAt }) => status === "ok" && lastGoodAt !== undefined);
    const well = await doctor();
    expect([well.findings, well.checks.filter(({ status }) => status === "failed"), well.code]).toEqual([[], [], 0]);
  });

  test("is asked for by --probe, which finds what broke since", async () => {
    await api.put("/v1/integrations/main", integration("main"));
    await api.put("/v1/integrations/spare", integration("spare", { priority: 500 }));
    await api.put("/v1/integrations/box", { channel: "email", provider: "sandbox" });
    await untilProbe("spare", ({ status }) => status === "ok");
    works.spare = false;
    const { code, probes, findings } = await doctor("--probe");
    expect(probes.map((each) => `${each.integration} ${each.status}`)).toEqual([
      "box unchecked",
      "main ok",
      "spare failed",
    ]);
    expect([code, findings]).toEqual([1, ["error probe_failed spare"]]);
    const text = await run("doctor", "--probe");
    expect(text.stdout).toMatch(/✗ Probe of spare +401/);
    expect(text.stdout).toMatch(/✗ probe_failed +spare does not work \(401/);
    expect(text.stdout).toMatch(/· Probe of box +there is no vendor behind it/);
  });
});

describe("doctor domain", { timeout: 60_000 }, () => {
  const outSchema = z.object({
    ok: z.boolean(),
    domain: z.string(),
    checks: z.array(z.object({ name: z.string(), status: z.string(), detail: z.string() })),
    publish: z.array(z.string()),
  });
  const zone = {
    "acme.test TXT": ["v=spf1 ip4:192.0.2.7 -all"],
    "_dmarc.acme.test TXT": ["v=DMARC1; p=reject; rua=mailto:d@acme.test"],
    "acme.test MX": [[10, "mail.acme.test"]],
    "mail.acme.test A": ["192.0.2.7"],
    "7.2.0.192.in-addr.arpa PTR": ["mail.acme.test"],
  };

  async function look(records: Parameters<typeof startDns>[0], ...args: string[]) {
    const dns = await startDns(records);
    try {
      const { code, stdout, stderr } = await run(
        "doctor",
        "domain",
        "Acme.test.",
        "--resolver",
        dns.address,
        "--json",
        ...args,
      );
      if (stdout === "") throw new Error(stderr);
      return { code, ...outSchema.parse(JSON.parse(stdout)) };
    } finally {
      await dns.close();
    }
  }

  test("takes selectors and keys from the server, and says what to publish until it stands in the zone", async () => {
    await api.put("/v1/integrations/mail", {
      channel: "email",
      provider: "smtp",
      enabled: true,
      settings: {
        host: "localhost",
        from: "Acme <noreply@acme.test>",
        dkim: [{ domain: "acme.test", selector: "s1" }],
      },
      secrets: { dkimPrivateKey: key.privateKey.export({ type: "pkcs8", format: "pem" }).toString() },
    });
    const without = await look(zone, "--ip", "192.0.2.7");
    expect([without.code, without.ok, without.domain]).toEqual([1, false, "acme.test"]);
    expect(without.checks.filter(({ status }) => status === "failed").map(({ name }) => name)).toEqual(["DKIM s1"]);
    expect(without.publish.join().replaceAll('" "', "")).toBe(`s1._domainkey.acme.test. 3600 IN TXT "${record}"`);
    const withKey = { ...zone, "s1._domainkey.acme.test TXT": [record.match(/.{1,200}/g) ?? []] };
    const well = await look(withKey, "--ip", "192.0.2.7");
    expect([well.code, well.ok, well.publish]).toEqual([0, true, []]);
    expect(well.checks.map(({ name }) => name)).toContain("Mail by mail");
    const text = await run("doctor", "domain", "acme.test", "--resolver", "127.0.0.1:1", "--look-up-timeout", "0.05");
    expect([text.code, text.stdout]).toEqual([1, expect.stringMatching(/✗ SPF +could not be looked up/)]);
  });

  test("goes without a server, and refuses what it cannot ask for", async () => {
    const dns = await startDns(zone);
    const away = { TIDINGS_URL: "http://127.0.0.1:1", TIDINGS_API_KEY: apiKey };
    const alone = await tidings(["doctor", "domain", "acme.test", "--resolver", dns.address], { cwd, env: away });
    await dns.close();
    expect([alone.code, alone.stdout]).toEqual([0, expect.stringMatching(/! Server +was not asked for its keys.*\n/)]);
    for (const args of [
      ["acme"],
      ["a b.test"],
      ["acme.test", "--ip", "10.0.0"],
      ["acme.test", "--selector", "a b"],
      ["acme.test", "--resolver", "localhost:53"],
    ])
      expect((await run("doctor", "domain", ...args)).code, args.join(" ")).toBe(2);
  });
});
