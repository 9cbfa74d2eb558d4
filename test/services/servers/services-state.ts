import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Started } from "./services.ts";

const startedSchema = z.object({
  process: z.object({ pid: z.int(), startedAt: z.string() }),
  connection: z.record(z.string(), z.string()),
});

/**
 * What was started and not ended, a file and a folder for each by its name. All clones of a user share it, unless
 * TIDINGS_TEST_SERVICES_DIR names a folder.
 */
export function stateFolder(): string {
  const uid = process.getuid?.() ?? 0;
  const folder = process.env["TIDINGS_TEST_SERVICES_DIR"] ?? join(tmpdir(), `tidings-services-${uid}`);
  // Root's servers run as another user, who has to get to his folder.
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  if (statSync(folder).uid !== uid) throw new Error(`${folder} belongs to another user`);
  return folder;
}

export function folderOf(name: string): string {
  return join(stateFolder(), name);
}

const fileOf = (name: string): string => join(stateFolder(), `${name}.json`);

export function recall(name: string): Started | undefined {
  const file = fileOf(name);
  return existsSync(file) ? startedSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}

export function remember(name: string, started: Started): void {
  const file = fileOf(name);
  writeFileSync(`${file}.new`, `${JSON.stringify(started, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Takes its files away, the data too. */
export function forget(name: string): void {
  rmSync(folderOf(name), { recursive: true, force: true });
  rmSync(fileOf(name), { force: true });
}
