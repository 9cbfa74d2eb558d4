import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlantedBug } from "./planted-bug.ts";
import { root } from "./worker.ts";

export interface PatchedCopy {
  folder: string;
  remove(): void;
}

const copied = ["packages/server/src", "packages/server/migrations", "packages/server/package.json", "test/simulation"];

/**
 * A copy of the server's sources and of the simulation with one bug in it, or none. It lies inside the repository, where
 * node finds the packages that they import, in a folder that git ignores.
 */
export function copySources(bug: PlantedBug | undefined): PatchedCopy {
  mkdirSync(join(root, ".tmp"), { recursive: true });
  const folder = mkdtempSync(join(root, ".tmp", "simulation-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const path of copied) {
      cpSync(join(root, path), join(folder, path), {
        recursive: true,
        filter: (source) => !source.endsWith(".test.ts"),
      });
    }
    writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true, type: "module" })}\n`);
    if (bug !== undefined) patch(join(folder, "packages/server/src", bug.file), bug);
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, remove };
}

function patch(path: string, { name, find, replace }: PlantedBug): void {
  const source = readFileSync(path, "utf8");
  const found = source.split(find).length - 1;
  if (found !== 1) throw new Error(`the patch for "${name}" fits ${found} times in ${path}`);
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
}
