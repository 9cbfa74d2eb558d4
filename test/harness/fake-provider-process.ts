import { fileURLToPath } from "node:url";
import { request } from "undici";
import { z } from "zod";
import { type Child, startChild } from "./child.ts";

const main = fileURLToPath(
  new URL("../../packages/server/dist/providers/simulator/fake-provider-main.js", import.meta.url),
);
const readySchema = z.object({ port: z.number() });

const statsSchema = z.object({ requests: z.number(), messages: z.number(), hooks: z.number(), refused: z.number() });

export interface FakeProviderProcess extends Child {
  url: string;
}

/** Starts the fake provider in a process of its own, so that nothing that happens to the server touches its journal. */
export async function startFakeProvider(args: readonly string[], port = 0): Promise<FakeProviderProcess> {
  const child = await startChild([process.execPath, main, "--port", String(port), ...args], {}, (line) =>
    line.startsWith("{") ? readySchema.parse(JSON.parse(line)) : undefined,
  );
  const host = args[args.indexOf("--host") + 1];
  return { ...child, url: `http://${args.includes("--host") ? host : "127.0.0.1"}:${child.ready.port}` };
}

/** Counts that the fake provider tells of itself. */
export async function statsOf(provider: FakeProviderProcess): Promise<z.infer<typeof statsSchema>> {
  const { body } = await request(`${provider.url}/stats`);
  return statsSchema.parse(await body.json());
}
