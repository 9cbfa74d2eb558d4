import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { OutboundMessage, Outcome, Provider } from "../../ports/provider.ts";
import { type Fault, providerConformance } from "./conformance.ts";
import { outbound, type TestEnvironment, testEnvironment } from "./environment.ts";
import { behindHttp2 } from "./http2-front.ts";
import { closedPort, type RecordedCall, type RunningServer, startHttp } from "./servers.ts";

/** What a vendor's server says. */
export interface VendorReply {
  status: number;
  headers?: Record<string, string>;
  body?: string | object;
}

/** A vendor that is spoken to over HTTP, as its own pages describe it. */
export interface HttpVendor {
  name: string;
  channel: OutboundMessage["channel"];
  to: string;
  /** It is spoken to over HTTP/2. */
  http2?: true;
  /** The provider, pointed at a server on this machine. */
  create(baseUrl: string, environment: TestEnvironment): Provider;
  /** What makes a message one that can be found again in a request, where the id alone is not in it. */
  changes?(id: string): Partial<OutboundMessage>;
  /** Ids of the messages that a request carries; null for one that sends nothing, which `other` answers. */
  idsIn(call: RecordedCall): readonly string[] | null;
  /** How it answers what sends nothing (a token, a look at the account). */
  other?(call: RecordedCall): VendorReply;
  accepted(call: RecordedCall): VendorReply;
  transient: VendorReply;
  permanent: VendorReply;
  /** With the header, or the field, that says when to come again. */
  rateLimited: VendorReply;
  /** A success that cannot be read; left out where the status alone says all. */
  malformed?: VendorReply;
  /** Each class of refusal that the vendor's pages name, and what it means. */
  refusals: readonly { name: string; reply: VendorReply; outcome: Record<string, unknown> }[];
}

type Answer = (call: RecordedCall, response: ServerResponse) => void;

function write(response: ServerResponse, { status, headers = {}, body = "" }: VendorReply): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
}

function answers(vendor: HttpVendor): Partial<Record<Fault, Answer>> {
  const reply =
    (given: VendorReply): Answer =>
    (_call, response) =>
      write(response, given);
  return {
    none: (call, response) => write(response, vendor.accepted(call)),
    transient: reply(vendor.transient),
    permanent: reply(vendor.permanent),
    rateLimited: reply(vendor.rateLimited),
    silentAfterAccept: () => undefined,
    malformedAnswer:
      vendor.malformed === undefined
        ? (_call, response) => void response.socket?.end("nonsense\r\n\r\n")
        : reply(vendor.malformed),
    resetAfterSend: (_call, response) => void response.socket?.resetAndDestroy(),
    // an answer that has begun and never ends
    slowBody: (_call, response) => void response.writeHead(200, { "content-length": "1000" }).write("{"),
  };
}

const takes: ReadonlySet<Fault> = new Set<Fault>([
  "none",
  "silentAfterAccept",
  "malformedAnswer",
  "resetAfterSend",
  "slowBody",
]);

/** A server that takes what carries messages as `answer` says, and answers everything else as the vendor does. */
export async function startVendor(
  vendor: HttpVendor,
  answer: Answer,
): Promise<RunningServer & { calls: RecordedCall[]; ids: () => string[] }> {
  const calls: RecordedCall[] = [];
  const ids: string[] = [];
  const server = await startHttp(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = "", url = "", headers } = request;
    const call = { method, url, headers, body: Buffer.concat(chunks).toString() };
    const carried = vendor.idsIn(call);
    if (carried === null) return write(response, vendor.other?.(call) ?? { status: 404 });
    calls.push(call);
    ids.push(...carried);
    answer(call, response);
  });
  return { ...(vendor.http2 === true ? await behindHttp2(server) : server), calls, ids: () => ids };
}

/** Everything that a vendor over HTTP has to pass: the providers' suite, and each refusal that it is known for. */
export function httpVendorConformance(vendor: HttpVendor): void {
  const to = { to: vendor.to, channel: vendor.channel };
  const changes = vendor.changes === undefined ? {} : { changes: vendor.changes };
  providerConformance(vendor.name, {
    faults: [...Object.keys(answers(vendor)).filter(isFault), "silentBeforeAccept", "connectionRefused"],
    async make(fault) {
      const environment = testEnvironment();
      const answer = answers(vendor)[fault] ?? (() => undefined);
      const server = await startVendor(vendor, answer);
      const port = fault === "connectionRefused" ? await closedPort() : server.port;
      return {
        ...to,
        ...changes,
        provider: vendor.create(`http://127.0.0.1:${port}`, environment),
        taken: () => (takes.has(fault) ? server.ids() : []),
        close: async () => {
          await server.close();
          await environment.close();
        },
      };
    },
  });

  describe(`refusals of ${vendor.name}`, () => {
    const cleanups: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0)) await cleanup();
    });

    it.each(vendor.refusals)("$name", async ({ reply, outcome }) => {
      const environment = testEnvironment();
      const server = await startVendor(vendor, (_call, response) => write(response, reply));
      const provider = vendor.create(`http://127.0.0.1:${server.port}`, environment);
      cleanups.push(() => provider.close(), server.close, environment.close);
      const message = outbound(vendor.channel, vendor.to);
      Object.assign(message, vendor.changes?.(message.id));
      const [got] = await provider.send([message], {
        callId: "call-1",
        timeoutMs: 10_000,
        signal: AbortSignal.timeout(10_000),
      });

      // `undefined` says that there is no such field
      expect(got).toMatchObject(Object.fromEntries(Object.entries(outcome).filter(([, value]) => value !== undefined)));
      for (const [name, value] of Object.entries(outcome))
        if (value === undefined) expect(got?.[name as keyof Outcome]).toBeUndefined();
    });
  });
}

const isFault = (name: string): name is Fault => name !== "none";
