import type { Keyring } from "../lib/keyring.ts";
import { SealError } from "../lib/seal.ts";
import type { Clock } from "../ports/clock.ts";
import type { EnvironmentRow, KeyStore } from "../ports/store/keys.ts";

export const development = "development";
const firstEnvironments = [development, "production"];

interface Parts {
  store: Pick<KeyStore, "listEnvironments" | "createEnvironment">;
  keyring: Keyring;
  clock: Clock;
}

/** Makes the environments that every installation has, where they are missing, and opens the keys of all. */
export async function prepareEnvironments({ store, keyring, clock }: Parts): Promise<EnvironmentRow[]> {
  const rows = await store.listEnvironments({});
  for (const row of rows) openKeys(keyring, row);
  for (const key of firstEnvironments) {
    if (rows.some((row) => row.key === key)) continue;
    const [wrappedDataKey, wrappedAddressKey] = [keyring.newWrappedKey(), keyring.newWrappedKey()];
    const row = await store.createEnvironment({ key, wrappedDataKey, wrappedAddressKey, createdAt: clock.now() });
    openKeys(keyring, row);
    rows.push(row);
  }
  return rows;
}

function openKeys(keyring: Keyring, row: EnvironmentRow): void {
  try {
    keyring.addEnvironment(row);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    const message = `the master key is not the one that the data of environment ${row.key} was sealed with`;
    throw new Error(message, { cause: error });
  }
}
