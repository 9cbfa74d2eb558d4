import type { ConfigurationKind } from "@tidings/contract/configuration";
import type { ConfigurationKey, ConfigurationRow, ConfigurationStore } from "../../ports/store/configuration.ts";

interface Write extends ConfigurationKey {
  document: string;
  secrets?: string | null;
  secretNames?: readonly string[];
  now: number;
}

type Writes = Pick<ConfigurationStore, "writeDocuments" | "getConfiguration">;

/** Writes one document and gives it as it is then. */
export async function putConfiguration(store: Writes, write: Write): Promise<ConfigurationRow> {
  const { environmentId, kind, key, document, secrets = null, secretNames = [], now } = write;
  const written = { kind, key, document, secrets, secretNames, origin: "" };
  await store.writeDocuments({ environmentId, writes: [written], deletes: [], expected: [], now });
  const row = await store.getConfiguration({ environmentId, kind, key });
  if (row === undefined) throw new Error(`${kind} ${key} was written and is not there`);
  return row;
}

/** False where there was none. */
export async function deleteConfiguration(
  store: Writes,
  { environmentId, kind, key, now }: { environmentId: number; kind: ConfigurationKind; key: string; now: number },
): Promise<boolean> {
  const result = await store.writeDocuments({
    environmentId,
    writes: [],
    deletes: [{ kind, key }],
    expected: [],
    now,
  });
  return result.status === "written" && result.changes.length === 1;
}
