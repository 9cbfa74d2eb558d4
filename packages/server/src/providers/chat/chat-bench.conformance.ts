import { z } from "zod";
import type { OutboundMessage, Outcome, ProbeResult, ProviderDefinition } from "../../ports/provider.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { type RecordedCall, startRecorder } from "../testing/servers.ts";

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: object | string;
}

/** Fields of a call's JSON. */
export const fieldsOf = (call: RecordedCall | undefined): Record<string, unknown> =>
  z.record(z.string(), z.unknown()).parse(JSON.parse(call?.body ?? ""));

const context = { callId: "call-1", timeoutMs: 10_000, signal: AbortSignal.timeout(60_000) };

/** A chat provider of settings, and a server in the vendor's place that answers with the replies in turn, the last one for ever. */
export async function chatBench<Settings>(
  definition: ProviderDefinition<Settings>,
  settings: (baseUrl: string) => unknown,
  ...replies: readonly Reply[]
) {
  const left = [...replies];
  const { port, calls, close } = await startRecorder((_request, response) => {
    const reply = left.length > 1 ? left.shift() : left[0];
    const { status, headers = {}, body = "" } = reply ?? { status: 500 };
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  const environment = testEnvironment();
  const provider = definition.create(definition.schema.parse(settings(`http://127.0.0.1:${port}`)), environment);
  return {
    calls,
    async send(to: string, content: OutboundMessage["content"]): Promise<Outcome | undefined> {
      const [outcome] = await provider.send([outbound("chat", to, { content })], context);
      return outcome;
    },
    probe: async (): Promise<ProbeResult | undefined> => provider.probe?.(context),
    provider,
    async close(): Promise<void> {
      await provider.close();
      await environment.close();
      await close();
    },
  };
}
