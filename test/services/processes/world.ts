import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api } from "../../harness/api.ts";
import { stopChild } from "../../harness/child.ts";
import { configureFake } from "../../harness/configure-fake.ts";
import { type FakeProviderProcess, startFakeProvider } from "../../harness/fake-provider-process.ts";
import { Cluster, type Role } from "./cluster.ts";
import type { Engine } from "./engines.ts";

export interface WorldOptions {
  /** One process for each. */
  roles: readonly (readonly Role[])[];
  settings?: Record<string, string>;
  /** Faults of the provider. */
  faults?: object;
  /** Of the integration with the provider. */
  limits?: { maxInFlight?: number; ratePerSecond?: number; timeoutMs?: number };
  /** Address that the provider listens on. */
  providerHost?: string;
  /** In place of a new one's. */
  databaseUrl?: string;
}

/** An installation of several processes with a provider. */
export interface World {
  folder: string;
  cluster: Cluster;
  provider: FakeProviderProcess;
  /** File of what the provider took. */
  journal: string;
  /** The first process with an API. */
  api: Api;
  databaseUrl: string;
}

let worlds = 0;

/** Starts an installation on a database of its own, and ends all of it after `body`; where that fails, its logs are shown. */
export async function inWorld(
  engine: Engine,
  options: WorldOptions,
  body: (world: World) => Promise<void>,
): Promise<void> {
  worlds += 1;
  const folder = mkdtempSync(join(tmpdir(), "tidings-processes-"));
  const journal = join(folder, "journal.jsonl");
  const databaseUrl = options.databaseUrl ?? (await engine.postgres.createDatabase(`world_${process.pid}_${worlds}`));
  const cluster = new Cluster(folder, { ...engine.settingsOf(databaseUrl), ...options.settings });
  const host = options.providerHost === undefined ? [] : ["--host", options.providerHost];
  const faults = ["--settings", JSON.stringify(options.faults ?? {})];
  const provider = await startFakeProvider(["--journal", journal, ...faults, ...host]);
  let api: Api | undefined;
  try {
    await cluster.startAll(options.roles);
    api = new Api(cluster.with("api")[0]?.url ?? "", 16);
    const { maxInFlight = 60, ...limits } = options.limits ?? {};
    await configureFake(api, { baseUrl: provider.url, maxBatch: 1, maxInFlight, ...limits });
    await body({ folder, cluster, provider, journal, api, databaseUrl });
  } catch (error) {
    process.stderr.write(`${cluster.tail()}\n`);
    throw error;
  } finally {
    await api?.close();
    await cluster.end();
    await stopChild(provider, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
