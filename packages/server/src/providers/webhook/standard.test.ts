import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { parseSecrets } from "../../lib/standard-webhooks.ts";
import { type Fault, providerConformance } from "../testing/conformance.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { closedPort, type RunningServer, startHttp } from "../testing/servers.ts";
import { standardWebhook } from "./standard.ts";

const secret = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
const newSecret = `whsec_${Buffer.alloc(64, 2).toString("base64")}`;
const settings = (more: object = {}) => standardWebhook.schema.parse({ secret, ...more });

const answers: Partial<Record<Fault, (response: ServerResponse) => void>> = {
  none: (response) => response.writeHead(204).end(),
  transient: (response) => response.writeHead(503).end(),
  permanent: (response) => response.writeHead(400).end(),
  rateLimited: (response) => response.writeHead(429, { "retry-after": "7" }).end(),
  silentAfterAccept: () => undefined,
  malformedAnswer: (response) => response.socket?.end("nonsense\r\n\r\n"),
  resetAfterSend: (response) => response.socket?.resetAndDestroy(),
};
const takes: ReadonlySet<Fault> = new Set<Fault>(["none", "silentAfterAccept", "malformedAnswer", "resetAfterSend"]);

providerConformance("webhook", {
  faults: [
    "transient",
    "permanent",
    "rateLimited",
    "silentAfterAccept",
    "connectionRefused",
    "malformedAnswer",
    "resetAfterSend",
  ],
  async make(fault) {
    const environment = testEnvironment();
    const taken: string[] = [];
    const server = await startHttp((request, response) => {
      request.resume().on("end", () => {
        if (takes.has(fault)) taken.push(String(request.headers["webhook-id"]));
        answers[fault]?.(response);
      });
    });
    const port = fault === "connectionRefused" ? await closedPort() : server.port;
    return {
      provider: standardWebhook.create(settings(), environment),
      to: `http://127.0.0.1:${port}/hook/secret-path`,
      channel: "webhook",
      taken: () => taken,
      close: async () => {
        await server.close();
        await environment.close();
      },
    };
  },
});

describe("the standard webhook", () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });
  const signal = AbortSignal.timeout(10_000);

  async function receiver(
    status = 200,
    answerHeaders: Record<string, string> = {},
  ): Promise<RunningServer & { calls: { url: string; headers: IncomingHttpHeaders; body: string }[] }> {
    const calls: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
    const server = await startHttp((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      request.on("end", () => {
        calls.push({ url: request.url ?? "", headers: request.headers, body });
        response.writeHead(status, answerHeaders).end();
      });
    });
    cleanups.push(server.close);
    return { ...server, calls };
  }

  function provider(more: object = {}, allowPrivateNetwork = true) {
    const environment = testEnvironment(allowPrivateNetwork);
    cleanups.push(environment.close);
    return standardWebhook.create(settings(more), environment);
  }

  it("signs id, time and body with every secret, and keeps the id over attempts", async () => {
    const { port, calls } = await receiver();
    const message = outbound("webhook", `http://127.0.0.1:${port}/h?a=b`);
    const subject = provider({ secret: `${secret} ${newSecret}` });
    await subject.send([message], { callId: "c", timeoutMs: 10_000, signal });
    await subject.send([{ ...message, attempt: 2 }], { callId: "d", timeoutMs: 10_000, signal });
    expect(calls.map(({ headers }) => headers["webhook-id"])).toEqual([message.id, message.id]);
    const { url, headers, body } = calls[0] ?? expect.unreachable();
    expect(url).toBe("/h?a=b");
    expect(body).toBe(message.content.body);
    expect(headers["content-type"]).toBe("application/json");
    expect(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(5);
    const signature = (key: Buffer) =>
      `v1,${createHmac("sha256", key)
        .update(`${message.id}.${String(headers["webhook-timestamp"])}.${body}`)
        .digest("base64")}`;
    expect(headers["webhook-signature"]).toBe(`${signature(Buffer.alloc(24, 1))} ${signature(Buffer.alloc(64, 2))}`);
  });

  it("matches the example of the specification", () => {
    const [key = Buffer.alloc(0)] = parseSecrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") ?? [];
    const signed = 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}';
    expect(createHmac("sha256", key).update(signed).digest("base64")).toBe(
      "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    );
  });

  it("sends an empty object where there is no body", async () => {
    const { port, calls } = await receiver();
    await provider().send([outbound("webhook", `http://127.0.0.1:${port}/`, { content: {} })], {
      callId: "c",
      timeoutMs: 10_000,
      signal,
    });
    expect(calls[0]?.body).toBe("{}");
  });

  it.each([
    [200, "accepted", undefined],
    [204, "accepted", undefined],
    [301, "permanent", undefined],
    [307, "permanent", undefined],
    [400, "permanent", undefined],
    [401, "permanent", undefined],
    [404, "permanent", undefined],
    [408, "transient", undefined],
    [410, "permanent", true],
    [425, "transient", undefined],
    [429, "transient", undefined],
    [500, "transient", undefined],
    [502, "transient", undefined],
    [599, "transient", undefined],
  ])("reads %i as %s", async (status, kind, suppress) => {
    const { port, calls } = await receiver(status, { location: "/elsewhere", "retry-after": "30" });
    const [outcome] = await provider().send([outbound("webhook", `http://127.0.0.1:${port}/`)], {
      callId: "c",
      timeoutMs: 10_000,
      signal,
    });
    expect(outcome?.status === "rejected" ? outcome.kind : outcome?.status).toBe(kind);
    if (outcome?.status === "rejected") {
      expect(outcome).toMatchObject({ code: String(status) });
      expect(outcome.suppress).toBe(suppress);
      expect(outcome.retryAfterMs).toBe(kind === "transient" ? 30_000 : undefined);
    }
    expect(calls).toHaveLength(1);
  });

  it("refuses private addresses and bad URLs for good", async () => {
    const guarded = provider({}, false);
    for (const to of ["http://127.0.0.1:1/", "http://[::1]/", "http://169.254.169.254/latest", "http://localhost/"]) {
      expect(
        await guarded.send([outbound("webhook", to)], { callId: "c", timeoutMs: 10_000, signal }),
        to,
      ).toMatchObject([{ status: "rejected", kind: "permanent", code: "address_refused" }]);
    }
    for (const to of ["nonsense", "ftp://host.test/", "http://a:b@host.test/"]) {
      expect(
        await guarded.send([outbound("webhook", to)], { callId: "c", timeoutMs: 10_000, signal }),
        to,
      ).toMatchObject([{ kind: "permanent", code: "address_invalid" }]);
    }
  });

  it("takes a base URL in place of the address's origin, and keeps path and query", async () => {
    const { port, calls } = await receiver();
    const subject = provider({ baseUrl: `http://127.0.0.1:${port}` });
    expect(
      await subject.send([outbound("webhook", "https://customer.test/a/b?c=d")], {
        callId: "c",
        timeoutMs: 10_000,
        signal,
      }),
    ).toEqual([{ status: "accepted" }]);
    expect(calls[0]?.url).toBe("/a/b?c=d");
  });

  it("names the destination by host and port", () => {
    const subject = provider();
    expect(subject.destination?.("https://Host.test/a")).toBe("host.test:443");
    expect(subject.destination?.("http://host.test/a")).toBe("host.test:80");
    expect(subject.destination?.("http://host.test:8080/a")).toBe("host.test:8080");
    expect(subject.destination?.("nonsense")).toBe("");
  });

  it.each([
    "",
    "whsec_",
    "abc",
    `whsec_${Buffer.alloc(23).toString("base64")}`,
    `whsec_${Buffer.alloc(65).toString("base64")}`,
    "whsec_!!!!",
    `${secret} x`,
  ])("takes no secret such as %j", (bad) => {
    expect(standardWebhook.schema.safeParse({ secret: bad }).success).toBe(false);
  });
});
