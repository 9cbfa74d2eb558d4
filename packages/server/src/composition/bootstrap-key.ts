import { join } from "node:path";
import { describeApiKey, newApiKey } from "../api/api-keys.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Random } from "../ports/random.ts";
import type { EnvironmentRow, KeyStore } from "../ports/store/keys.ts";
import { readOrMakeSecretFile, readSecretFile } from "./secret-file.ts";

export type BootstrapKey =
  /** In force; the banner shows it. */
  | { status: "ready"; key: string; place: string; warning: string | undefined }
  /** Somebody revoked it on purpose; it is not made anew. */
  | { status: "revoked"; place: string }
  /** The environment has keys of its own, and none was made up here. */
  | { status: "none" };

export const apiKeyFile = "api-key";

interface Parts {
  store: Pick<KeyStore, "createApiKey" | "findApiKey" | "listApiKeys">;
  clock: Clock;
  ids: Ids;
  random: Random;
}

/**
 * The key with which a new installation is used at once: TIDINGS_API_KEY, else the one in the data folder, which is made
 * where the environment has no key at all. The store has its hash only. It stays in a file of its own, readable by its
 * owner, so that every start on a laptop can print a line to paste; delete the file where that is not wanted.
 */
export async function prepareBootstrapKey(
  parts: Parts,
  environment: EnvironmentRow,
  configured: string | undefined,
  dataDir: string,
): Promise<BootstrapKey> {
  if (configured !== undefined) return inForce(parts, environment, configured, "TIDINGS_API_KEY", undefined);
  const path = join(dataDir, apiKeyFile);
  const known = await readSecretFile(path);
  if (known === undefined) {
    const any = await parts.store.listApiKeys({ environmentId: environment.id, after: "", limit: 1 });
    if (any.length > 0) return { status: "none" };
  }
  const file = known ?? (await readOrMakeSecretFile(path, () => newApiKey(environment.key, parts.random).key));
  if (!/^[\x21-\x7e]{32,255}$/.test(file.text)) throw new Error(`${path} does not hold an API key`);
  const warning = file.exposed ? `${path} can be read by other users of this machine: chmod 600 it` : undefined;
  return inForce(parts, environment, file.text, path, warning);
}

/** Also after a stop between the file and the row: the row is made where it is missing. */
async function inForce(
  { store, clock, ids }: Parts,
  environment: EnvironmentRow,
  key: string,
  place: string,
  warning: string | undefined,
): Promise<BootstrapKey> {
  const { prefix, hash } = describeApiKey(key);
  const row = await store.findApiKey({ hash });
  if (row?.revokedAt != null) return { status: "revoked", place };
  if (row === undefined) {
    try {
      await store.createApiKey({
        id: ids.next(),
        environmentId: environment.id,
        name: "bootstrap",
        prefix,
        hash,
        createdAt: clock.now(),
      });
    } catch (error) {
      // Another process that starts at the same moment may have been first.
      if ((await store.findApiKey({ hash })) === undefined) throw error;
    }
  }
  return { status: "ready", key, place, warning };
}
