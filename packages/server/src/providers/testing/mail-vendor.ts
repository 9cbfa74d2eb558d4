import { afterEach } from "vitest";
import type {
  FeedbackResult,
  OutboundMessage,
  Outcome,
  ProbeResult,
  ProviderDefinition,
} from "../../ports/provider.ts";
import { outbound, testEnvironment } from "./environment.ts";
import { type HttpVendor, startVendor, type VendorReply } from "./http-vendor.ts";
import type { RecordedCall } from "./servers.ts";

const context = () => ({ callId: "call-1", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) });

export const mail = (changes: Partial<OutboundMessage> = {}): OutboundMessage =>
  outbound("email", "jane.doe@recipient.test", changes);

export interface AnsweredVendor {
  calls: RecordedCall[];
  send(batch: readonly OutboundMessage[], timeoutMs?: number): Promise<Outcome[]>;
  probe(): Promise<ProbeResult | undefined>;
}

/**
 * A vendor's server with answers of the test's own, one per call and the last one for all that follow, and the provider pointed
 * at it. To be asked for inside a `describe`: what it starts ends with the test.
 */
export function answeredVendors(vendor: HttpVendor) {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });
  return async <Settings>(
    definition: ProviderDefinition<Settings>,
    settings: object,
    replies: readonly (VendorReply | ((call: RecordedCall) => VendorReply))[] = [vendor.accepted],
    other?: HttpVendor["other"],
  ): Promise<AnsweredVendor> => {
    const environment = testEnvironment();
    const left = [...replies];
    const server = await startVendor({ ...vendor, ...(other === undefined ? {} : { other }) }, (call, response) => {
      const next = left.length > 1 ? left.shift() : left[0];
      const { status, headers = {}, body = "" } = typeof next === "function" ? next(call) : (next ?? { status: 500 });
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    const parsed = definition.schema.parse({ ...settings, baseUrl: `http://127.0.0.1:${server.port}/` });
    const provider = definition.create(parsed, environment);
    cleanups.push(() => provider.close(), server.close, environment.close);
    return {
      calls: server.calls,
      send: (batch, timeoutMs = 10_000) => provider.send(batch, { ...context(), timeoutMs }),
      probe: async () => provider.probe?.(context()),
    };
  };
}

/** A vendor's report as its webhook brings it, read by the provider. */
export async function reported<Settings>(
  definition: ProviderDefinition<Settings>,
  settings: object,
  request: { headers?: Record<string, string>; body: string; now?: number },
): Promise<FeedbackResult | undefined> {
  const environment = testEnvironment();
  const { headers = {}, body, now = Date.now() } = request;
  const url = "https://tidings.example.com/v1/feedback/test?environment=development";
  const result = await definition.feedback?.(
    definition.schema.parse(settings),
    { url, headers, rawBody: Buffer.from(body), now },
    { http: environment.http },
  );
  await environment.close();
  return result;
}
