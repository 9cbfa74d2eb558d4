import { resolve as resolvePath } from "node:path";
import type { Config } from "../config.ts";
import { IdSource } from "../lib/ids.ts";
import { Keyring } from "../lib/keyring.ts";
import { SystemClock } from "../lib/system-clock.ts";
import { SystemRandom } from "../lib/system-random.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Broadcast } from "../ports/broadcast.ts";
import type { EnvironmentRow } from "../ports/store/keys.ts";
import type { Store } from "../ports/store/store.ts";
import { ConfigurationCache } from "../store/configuration-cache.ts";
import { TenantCache } from "../store/tenant-cache.ts";
import { type BootstrapKey, prepareBootstrapKey } from "./bootstrap-key.ts";
import type { Engines } from "./engine-parts.ts";
import { openEngines } from "./engines.ts";
import { development, prepareEnvironments } from "./environments.ts";
import type { ServerHooks } from "./hooks.ts";
import { loadMasterKey, type MasterKey } from "./master-key.ts";

/** What every role stands on. */
export interface Foundation {
  config: Config;
  log: Log;
  clock: SystemClock;
  random: SystemRandom;
  ids: IdSource;
  /** Name of this process while it lives. */
  node: string;
  engines: Engines;
  store: Store;
  keyring: Keyring;
  master: MasterKey;
  environments: readonly EnvironmentRow[];
  /** The environment in which a new installation is tried. */
  first: EnvironmentRow;
  bootstrapKey: BootstrapKey;
  broadcast: Broadcast;
  configuration: ConfigurationCache;
  tenants: TenantCache;
}

export async function layFoundation(
  config: Config,
  metrics: Pick<Metrics, "storeTurnSeconds" | "storeTurnRows" | "replica">,
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
  const node = ids.next();
  const engines = await openEngines({ config, clock, node, dataDir, metrics, hooks });
  const { store, broadcast } = engines;
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
    node,
    engines,
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
