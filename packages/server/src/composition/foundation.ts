import { resolve as resolvePath } from "node:path";
import { InProcessBroadcast } from "../broadcast/in-process.ts";
import type { Config } from "../config.ts";
import { IdSource } from "../lib/ids.ts";
import { Keyring } from "../lib/keyring.ts";
import { SystemClock } from "../lib/system-clock.ts";
import { SystemRandom } from "../lib/system-random.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { EnvironmentRow } from "../ports/store/keys.ts";
import type { Store } from "../ports/store/store.ts";
import { ConfigurationCache } from "../store/configuration-cache.ts";
import { openSqliteStore } from "../store/sqlite/thread.ts";
import { TenantCache } from "../store/tenant-cache.ts";
import { type BootstrapKey, prepareBootstrapKey } from "./bootstrap-key.ts";
import { development, prepareEnvironments } from "./environments.ts";
import { loadMasterKey, type MasterKey } from "./master-key.ts";

export interface ServerHooks {
  log: Log;
  version: string;
  /** Nothing can be stored any more: the process is of no use. */
  onFatal: (error: Error) => void;
}

/** What every role stands on. */
export interface Foundation {
  config: Config;
  log: Log;
  clock: SystemClock;
  random: SystemRandom;
  ids: IdSource;
  store: Store;
  keyring: Keyring;
  master: MasterKey;
  environments: readonly EnvironmentRow[];
  /** The environment in which a new installation is tried. */
  first: EnvironmentRow;
  bootstrapKey: BootstrapKey;
  broadcast: InProcessBroadcast;
  configuration: ConfigurationCache;
  tenants: TenantCache;
}

export async function layFoundation(
  config: Config,
  metrics: Pick<Metrics, "storeTurnSeconds" | "storeTurnRows">,
  hooks: ServerHooks,
): Promise<Foundation> {
  const { log } = hooks;
  const clock = new SystemClock();
  const random = new SystemRandom();
  const ids = new IdSource(
    () => clock.now(),
    (length) => random.bytes(length),
  );
  const dataDir = resolvePath(config.process.dataDir);
  const store = await openStore(config, dataDir, metrics, hooks);
  const master = await loadMasterKey(config.process.masterKey, dataDir, random);
  const keyring = new Keyring(master.key, (length) => random.bytes(length), config.process.openedKeysMax);
  const environments = await prepareEnvironments({ store, keyring, clock });
  const first = environments.find((environment) => environment.key === development) ?? environments[0];
  if (first === undefined) throw new Error("there is no environment");
  const bootstrapKey = await prepareBootstrapKey({ store, clock, ids, random }, first, config.process.apiKey, dataDir);
  const production = environments.find((environment) => environment.key === "production");
  const { productionApiKey } = config.process;
  if (production !== undefined && productionApiKey !== undefined) {
    await prepareBootstrapKey({ store, clock, ids, random }, production, productionApiKey, dataDir);
  }
  const broadcast = new InProcessBroadcast((error) => log.error("a receiver of a hint met a fault", { error }));
  const configuration = new ConfigurationCache(
    {
      store,
      broadcast,
      clock,
      keyring,
      onFault: (error, change) =>
        log.error("configuration could not be read", {
          ...(change === undefined ? {} : { kind: change.kind, key: change.key, version: change.version }),
          error,
        }),
    },
    config.configuration,
  );
  return {
    config,
    log,
    clock,
    random,
    ids,
    store,
    keyring,
    master,
    environments,
    first,
    bootstrapKey,
    broadcast,
    configuration,
    tenants: new TenantCache({ store, broadcast, clock }, config.configuration),
  };
}

function openStore(
  config: Config,
  directory: string,
  metrics: Pick<Metrics, "storeTurnSeconds" | "storeTurnRows">,
  hooks: ServerHooks,
): Promise<Store> {
  const { store } = config;
  return openSqliteStore(
    {
      directory,
      cacheMib: store.pageCacheMib,
      checkpointPages: store.walCheckpointPages,
      turnMs: store.turnMs,
      turnGapMs: store.turnGapMs,
      turnGapMaxMs: store.turnGapMaxMs,
      turnCallsMax: store.turnCallsMax,
      waitingMax: store.queuedRequestsMax,
    },
    {
      onTurn: (turnMs, calls) => {
        metrics.storeTurnSeconds.observe(turnMs / 1000);
        metrics.storeTurnRows.observe(calls);
      },
      onFault: hooks.onFatal,
    },
  );
}
