import { join } from "node:path";
import type { Random } from "../ports/random.ts";
import { readOrMakeSecretFile } from "./secret-file.ts";

export interface MasterKey {
  key: Buffer;
  /** Where it lies, as the banner says it. */
  place: string;
  /** What its owner should know; undefined where all is well. */
  warning: string | undefined;
}

export const masterKeyFile = "master.key";

/**
 * The master key of TIDINGS_MASTER_KEY, else of the data folder, where it is made at the first start. Call it once the
 * data folder is held. A file that others may read is used with a warning: on some mounts no mode can be set, and a
 * server that does not start is no safer.
 */
export async function loadMasterKey(
  configured: string | undefined,
  dataDir: string,
  random: Random,
): Promise<MasterKey> {
  if (configured !== undefined) {
    return { key: keyOf(configured, "TIDINGS_MASTER_KEY"), place: "TIDINGS_MASTER_KEY", warning: undefined };
  }
  const path = join(dataDir, masterKeyFile);
  const { text, exposed } = await readOrMakeSecretFile(path, () => random.bytes(32).toString("base64"));
  const warning = exposed ? `${path} can be read by other users of this machine: chmod 600 it` : undefined;
  return { key: keyOf(text, path), place: path, warning };
}

function keyOf(text: string, place: string): Buffer {
  const key = Buffer.from(text, "base64");
  // Buffer reads over what is no base64, so the way back has to give the same.
  if (key.length !== 32 || key.toString("base64") !== text)
    throw new Error(`${place} does not hold 32 bytes in base64`);
  return key;
}
