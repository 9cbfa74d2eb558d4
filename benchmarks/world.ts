import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api } from "../test/harness/api.ts";
import { stopChild } from "../test/harness/child.ts";
import { configureFake } from "../test/harness/configure-fake.ts";
import { type FakeProviderProcess, startFakeProvider } from "../test/harness/fake-provider-process.ts";
import { type ServerProcess, startServerProcess } from "../test/harness/server-process.ts";

export interface World {
  server: ServerProcess;
  provider: FakeProviderProcess;
  journal: string;
  api: Api;
  close(): Promise<void>;
}

/** A fresh server, a fake provider, and 1,000 recipients in between. */
export async function createWorld(options: {
  maxBatch: number;
  /** Messages under way at the provider; left out: enough for what most benchmarks do. */
  maxInFlight?: number;
  settings?: Record<string, string>;
  providerArgs?: readonly string[];
  recipients?: number;
}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  const journal = join(folder, "journal.jsonl");
  const provider = await startFakeProvider(["--journal", journal, ...(options.providerArgs ?? [])]);
  const server = await startServerProcess(join(folder, "data"), options.settings);
  const api = new Api(server.url, 32);
  await configureFake(api, {
    baseUrl: provider.url,
    maxBatch: options.maxBatch,
    maxInFlight: options.maxInFlight ?? (options.maxBatch > 1 ? options.maxBatch * 4 : 500),
  });
  await writeRecipients(api, options.recipients ?? 1000);
  return {
    server,
    provider,
    journal,
    api,
    async close() {
      await api.close();
      await stopChild(server);
      await stopChild(provider);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function writeRecipients(api: Api, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index);
  for (let start = 0; start < count; start += 200) {
    await Promise.all(
      numbers
        .slice(start, start + 200)
        .map((index) => api.put(`/v1/recipients/r${index}`, { email: `person${index}@example.com` })),
    );
  }
}
