import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Feedback, Outcome } from "../../ports/provider.ts";
import { type Fault, providerConformance } from "../testing/conformance.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { closedPort, startHttp } from "../testing/servers.ts";
import { FakeProvider } from "./fake-provider.ts";
import type { FakeProviderOptions } from "./fake-provider-options.ts";
import { readFeedback, signatureHeader, signFeedback, timestampHeader } from "./feedback.ts";
import { faultsSchema } from "./settings.ts";
import { simulator } from "./simulator.ts";
import { Vendor } from "./vendor.ts";

const to = "+4366012345678";
const seconds = () => AbortSignal.timeout(5000);
const faultSettings: Partial<Record<Fault, object>> = {
  transient: { refuseTransient: 1 },
  permanent: { refusePermanent: 1 },
  rateLimited: { rateLimitPerSecond: 1 },
  silentAfterAccept: { timeoutAfterAccept: 1 },
};

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

providerConformance("simulator in the process", {
  faults: ["transient", "permanent", "silentAfterAccept"],
  async make(fault) {
    const environment = testEnvironment();
    const settings = simulator.schema.parse({ ...faultSettings[fault], maxBatch: 1000, feedback: { delivered: 1 } });
    // what is taken is reported as delivered, by timers of 0 ms: a timer set later ends after them
    const taken = async () => {
      await new Promise((resolve) => environment.clock.after(5, () => resolve(undefined)));
      return environment.reported.map(({ messageId }) => messageId);
    };
    return { provider: simulator.create(settings, environment), to, channel: "sms", taken, close: environment.close };
  },
});

function journal(): { path: string; ids(): string[]; lines(): Record<string, unknown>[] } {
  const folder = mkdtempSync(join(tmpdir(), "tidings-fake-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "journal");
  const lines = (): Record<string, unknown>[] =>
    readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  return { path, lines, ids: () => lines().map(({ id }) => String(id)) };
}

async function fake(options: Partial<FakeProviderOptions> = {}) {
  const provider = new FakeProvider({ port: 0, ...options });
  const port = await provider.start();
  cleanups.push(() => provider.close());
  return { provider, port, baseUrl: `http://127.0.0.1:${port}` };
}

const broken: Partial<Record<Fault, Parameters<typeof startHttp>[0]>> = {
  malformedAnswer: (_request, response) => response.end('{"outcomes":[]}'),
  resetAfterSend: (request) => request.resume().on("end", () => request.socket.resetAndDestroy()),
};

providerConformance("simulator over HTTP", {
  faults: [
    "transient",
    "permanent",
    "silentAfterAccept",
    "silentBeforeAccept",
    "connectionRefused",
    "malformedAnswer",
    "resetAfterSend",
  ],
  async make(fault) {
    const environment = testEnvironment();
    const taken = journal();
    const listener = broken[fault];
    const { port } =
      listener === undefined
        ? await fake({
            journal: taken.path,
            faults: faultsSchema.parse(faultSettings[fault] ?? {}),
            blackhole: fault === "silentBeforeAccept",
          })
        : await startHttp(listener);
    const baseUrl = `http://127.0.0.1:${fault === "connectionRefused" ? await closedPort() : port}`;
    return {
      provider: simulator.create(simulator.schema.parse({ baseUrl, maxBatch: 1000 }), environment),
      to,
      channel: "sms",
      taken: taken.ids,
      close: environment.close,
    };
  },
});

describe("the simulated vendor", () => {
  const faults = faultsSchema.parse({
    seed: 7,
    refuseTransient: 0.3,
    refusePermanent: 0.1,
    suppress: 0.1,
    feedback: { delivered: 0.8, bounced: 0.1, opened: 0.5, doubled: 0.2, delayMs: { min: 5, max: 50 } },
  });
  const calls = Array.from({ length: 2000 }, (_, index) => ({ id: `message-${index}`, attempt: 1 }));
  const statusOf = (outcome: Outcome) => (outcome.status === "rejected" ? outcome.code : outcome.status);

  it("does the same to the same message, whatever came before it", () => {
    const inOrder = new Vendor(faults).judge(calls, 0);
    const shuffled = new Vendor(faults);
    const alone = [...calls].reverse().map((call) => shuffled.judge([call], 0));
    expect(alone.reverse().flatMap(({ outcomes }) => outcomes)).toEqual(inOrder.outcomes);
    expect(alone.flatMap(({ feedback }) => feedback)).toEqual(inOrder.feedback);
  });

  it("changes with the seed and with the attempt", () => {
    const outcomes = (seed: number, attempt: number) =>
      new Vendor({ ...faults, seed })
        .judge(
          calls.map(({ id }) => ({ id, attempt })),
          0,
        )
        .outcomes.map(statusOf);
    expect(outcomes(8, 1)).not.toEqual(outcomes(7, 1));
    expect(outcomes(7, 2)).not.toEqual(outcomes(7, 1));
  });

  it("keeps to the probabilities", () => {
    const { outcomes, feedback } = new Vendor(faults).judge(calls, 0);
    const share = (code: string) => outcomes.filter((outcome) => statusOf(outcome) === code).length / calls.length;
    expect(share("simulated_suppress")).toBeCloseTo(0.1, 1);
    expect(share("simulated_permanent")).toBeCloseTo(0.09, 1);
    expect(share("simulated_transient")).toBeCloseTo(0.24, 1);
    expect(feedback.filter(({ kind }) => kind === "bounced").length).toBeGreaterThan(50);
    expect(feedback.every(({ delayMs }) => delayMs >= 5 && delayMs <= 100)).toBe(true);
  });

  it("lets so many through per second, and says when to come again", () => {
    const vendor = new Vendor(faultsSchema.parse({ rateLimitPerSecond: 3 }));
    const limited = vendor.judge(calls.slice(0, 5), 10_400).outcomes;
    expect(limited.map(statusOf)).toEqual(["accepted", "accepted", "accepted", "rate_limited", "rate_limited"]);
    expect(limited[4]).toMatchObject({ kind: "transient", retryAfterMs: 600 });
    expect(vendor.judge(calls.slice(0, 1), 11_000).outcomes.map(statusOf)).toEqual(["accepted"]);
  });

  it("takes a repeated message once where it is idempotent", () => {
    const vendor = new Vendor(faultsSchema.parse({ idempotent: true }));
    const message = { id: "m", attempt: 1 };
    expect(vendor.judge([message], 0).taken).toEqual([0]);
    expect(vendor.judge([{ ...message, attempt: 2 }], 0)).toMatchObject({
      taken: [],
      outcomes: [{ status: "accepted" }],
    });
  });

  it("reports through the environment, twice where it doubles", async () => {
    const environment = testEnvironment();
    const provider = simulator.create(
      simulator.schema.parse({
        latencyMs: { min: 1, max: 2 },
        feedback: { bounced: 1, doubled: 1, delayMs: { min: 1, max: 1 } },
      }),
      environment,
    );
    cleanups.push(() => provider.close(), environment.close);
    const message = outbound("sms", to);
    expect(await provider.send([message], { callId: "c", timeoutMs: 10_000, signal: seconds() })).toEqual([
      { status: "accepted" },
    ]);
    const report = { messageId: message.id, kind: "bounced", code: "simulated_bounce" };
    expect(await environment.reports(2)).toMatchObject([report, report]);
  });
});

describe("feedback over HTTP", () => {
  const secret = "a-feedback-secret";
  const now = 1_700_000_000_000;
  const body = Buffer.from(JSON.stringify({ feedback: [{ messageId: "m", kind: "delivered", at: 5 }] }));
  const headers = (timestamp: string, raw = body) => ({
    [timestampHeader]: timestamp,
    [signatureHeader]: signFeedback(secret, timestamp, raw),
  });
  const at = String(now / 1000);

  it("is taken where signature and time are right", () => {
    expect(readFeedback(secret, { headers: headers(at), rawBody: body, now })).toEqual({
      status: "verified",
      feedback: [{ messageId: "m", kind: "delivered", at: 5 }],
    });
    expect(readFeedback(secret, { headers: headers(String(now / 1000 - 300)), rawBody: body, now }).status).toBe(
      "verified",
    );
  });

  it.each([
    ["no headers", secret, {}, body],
    ["another key", "another-feedback-secret", headers(at), body],
    ["no key", undefined, headers(at), body],
    ["another body", secret, headers(at), Buffer.from("{}")],
    ["another time", secret, { ...headers(at), [timestampHeader]: String(now / 1000 - 1) }, body],
    ["an old time", secret, headers(String(now / 1000 - 301)), body],
    ["a time to come", secret, headers(String(now / 1000 + 301)), body],
    ["an empty signature", secret, { ...headers(at), [signatureHeader]: "" }, body],
    ["a doubled header", secret, { ...headers(at), [signatureHeader]: ["a", "b"] }, body],
    ["no number as time", secret, headers("now"), body],
  ])("is forged with %s", (_name, key, given, rawBody) => {
    expect(readFeedback(key, { headers: given, rawBody, now })).toEqual({ status: "forged" });
  });

  it("is malformed where it is signed and yet no feedback", () => {
    for (const text of [
      "{",
      '{"feedback":[{"messageId":1}]}',
      '{"feedback":[{"messageId":"m","kind":"eaten","at":1}]}',
    ]) {
      const rawBody = Buffer.from(text);
      expect(readFeedback(secret, { headers: headers(at, rawBody), rawBody, now }).status).toBe("malformed");
    }
  });

  it("is posted by the fake provider until it is taken, and verifies", async () => {
    let calls = 0;
    let resolve: (feedback: Feedback[]) => void = () => undefined;
    const received = new Promise<Feedback[]>((settle) => {
      resolve = settle;
    });
    const server = await startHttp(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      calls += 1;
      response.writeHead(calls === 1 ? 503 : 204).end();
      const result = readFeedback(secret, {
        headers: request.headers,
        rawBody: Buffer.concat(chunks),
        now: Date.now(),
      });
      if (calls === 2) resolve(result.status === "verified" ? result.feedback : []);
    });
    cleanups.push(server.close);
    const faults = faultsSchema.parse({ feedback: { delivered: 1, opened: 1 } });
    const { baseUrl } = await fake({ faults, feedback: { url: `http://127.0.0.1:${server.port}/feedback`, secret } });
    const environment = testEnvironment();
    cleanups.push(environment.close);
    await simulator
      .create(simulator.schema.parse({ baseUrl }), environment)
      .send([outbound("sms", to)], { callId: "c", timeoutMs: 10_000, signal: seconds() });
    expect(await received).toMatchObject([{ kind: "delivered" }, { kind: "opened" }]);
  });
});
