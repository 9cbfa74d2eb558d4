import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FakeProvider } from "../../../packages/server/src/providers/simulator/fake-provider.ts";
import { Api } from "../../harness/api.ts";
import { stopChild } from "../../harness/child.ts";
import { configureFake } from "../../harness/configure-fake.ts";
import { type ServerProcess, startServerProcess } from "../../harness/server-process.ts";
import { type OtlpReceiver, type ReceivedSpan, startReceiver } from "./receiver.ts";

const waitMs = 60_000;
/** The receiver's packages may have to be fetched, and four servers started. */
const setupMs = 240_000;
const until = (check: () => unknown) => vi.waitUntil(check, { timeout: waitMs, interval: 20 });
const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

type Role = "api" | "orchestrate" | "deliver";
const processRoles: Readonly<Record<Role, string>> = {
  api: "api,feedback",
  orchestrate: "orchestrate",
  deliver: "deliver",
};

/**
 * A notification on its way through three processes, as a receiver sees it that shares no code with them. `settings` are
 * those of the database, and of the queue, where that is another one than the database's rows.
 */
export function traceSuite(name: string, settings: () => Promise<Record<string, string>>): void {
  describe(`traces over three processes: ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "tidings-trace-"));
    const masterKey = randomBytes(32).toString("base64");
    const running = new Map<Role, ServerProcess>();
    let receiver: OtlpReceiver;
    let shared: Record<string, string>;
    let api: Api;
    let provider: FakeProvider;
    let providerPort = 0;

    const start = async (role: Role): Promise<ServerProcess> => {
      const server = await startServerProcess(join(folder, role), {
        ...shared,
        TIDINGS_MASTER_KEY: masterKey,
        TIDINGS_ROLES: processRoles[role],
        TIDINGS_OTLP_URL: receiver.url,
        TIDINGS_OTLP_INTERVAL_MS: "50",
        // Only what a caller asks for.
        TIDINGS_TRACE_SAMPLE_RATIO: "0",
        TIDINGS_WORKER_HEARTBEAT_MS: "200",
        TIDINGS_WORKER_LEASE_MS: "1000",
      });
      running.set(role, server);
      return server;
    };
    const startProvider = async (options: { blackhole: boolean }): Promise<void> => {
      provider = new FakeProvider({ port: providerPort, ...options });
      providerPort = await provider.start();
    };
    /** Reports an event as a caller does that is in a span of its own. */
    const send = async (caller: { traceId: string; spanId: string }, flags = "01"): Promise<string> => {
      const { status, json } = await api.call(
        "POST",
        "/v1/events",
        {
          name: "transactional",
          recipients: [{ id: `u-${caller.spanId}`, email: "anna@example.com" }],
          data: { order: "4711" },
        },
        { traceparent: `00-${caller.traceId}-${caller.spanId}-${flags}`, tracestate: "shop=4711" },
      );
      expect(status).toBe(202);
      return String(Reflect.get(Object(json), "id"));
    };
    const spansOf = (traceId: string): ReceivedSpan[] => receiver.spans.filter((span) => span.traceId === traceId);

    beforeAll(async () => {
      [receiver, shared] = await Promise.all([startReceiver(), settings()]);
      await startProvider({ blackhole: false });
      const first = await start("api");
      await Promise.all([start("orchestrate"), start("deliver")]);
      api = new Api(first.url);
      await configureFake(api, { baseUrl: `http://127.0.0.1:${providerPort}`, maxBatch: 1, maxInFlight: 10 });
    }, setupMs);
    afterAll(async () => {
      await api?.close();
      await Promise.all([...running.values()].map((server) => stopChild(server, "SIGKILL")));
      await provider?.close();
      await receiver?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("one is whole, from the caller's span to the provider's request", async () => {
      const caller = { traceId: hex(16), spanId: hex(8) };
      const id = await send(caller);
      await until(
        () => spansOf(caller.traceId).some(({ kind }) => kind === "client") && spansOf(caller.traceId).length >= 4,
      );
      const spans = spansOf(caller.traceId);
      const way = wayTo(spans, "client", caller.spanId);
      expect(way[0]).toMatchObject({ name: "POST", attributes: { "http.response.status_code": 200 } });
      expect(way[1]).toMatchObject({
        name: "send email",
        kind: "producer",
        attributes: { "tidings.outcome": "accepted" },
      });
      expect(way.at(-1)).toMatchObject({
        name: "POST /v1/events",
        kind: "server",
        parentId: caller.spanId,
        attributes: { "http.response.status_code": 202, "tidings.event.id": id },
      });
      const turn = spans.find(({ kind }) => kind === "consumer");
      expect(turn).toMatchObject({ name: "process events.transactional", attributes: { "messaging.message.id": id } });
      expect(wayTo(spans, "consumer", caller.spanId)).toHaveLength(2);
      const instances = new Map(
        spans.map(({ resource }) => [resource["service.instance.id"], resource["tidings.roles"]]),
      );
      expect([...instances.values()].sort()).toEqual(["api,feedback", "deliver", "orchestrate"]);
      for (const span of spans) {
        expect(span).toMatchObject({ state: "shop=4711", scope: "tidings", flags: 1, status: { code: 0 } });
        expect(span.endNs).toBeGreaterThanOrEqual(span.startNs);
        expect(JSON.stringify(span.attributes)).not.toMatch(/anna|4711|u-/);
      }
    });

    test("a caller that does not record is heeded", async () => {
      const silent = { traceId: hex(16), spanId: hex(8) };
      const told = { traceId: hex(16), spanId: hex(8) };
      await send(silent, "00");
      await send(told);
      await until(() => spansOf(told.traceId).some(({ kind }) => kind === "client"));
      expect(spansOf(silent.traceId)).toEqual([]);
    });

    test("an attempt that was repeated after kill -9 is in the same one", async () => {
      await provider.close();
      await startProvider({ blackhole: true });
      const caller = { traceId: hex(16), spanId: hex(8) };
      await send(caller);
      await until(() => provider.stats.unanswered === 1);
      const killed = running.get("deliver");
      if (killed === undefined) throw new RangeError("nobody delivers");
      await stopChild(killed, "SIGKILL");
      await provider.close();
      await startProvider({ blackhole: false });
      await start("deliver");
      await until(() => spansOf(caller.traceId).some(({ kind }) => kind === "client"));
      const way = wayTo(spansOf(caller.traceId), "client", caller.spanId);
      expect(way[1]).toMatchObject({
        name: "send email",
        attributes: { "tidings.attempt": 2, "tidings.outcome": "accepted" },
      });
    });
  });
}

/** From the only span of that kind up to the caller's: each one's parent is there. */
function wayTo(spans: readonly ReceivedSpan[], kind: string, callerId: string): ReceivedSpan[] {
  const way = spans.filter((span) => span.kind === kind);
  expect(way).toHaveLength(1);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  for (let at = way[0]; at !== undefined && at.parentId !== callerId; at = way.at(-1)) {
    const parent = byId.get(at.parentId);
    if (parent === undefined) throw new Error(`${at.name} has a parent that is not in its trace`);
    way.push(parent);
  }
  return way;
}
