import { readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const folderOf = (module: string): string => dirname(fileURLToPath(import.meta.resolve(module)));

/** Folders of built modules that the page may load, by the name that its import map gives them. */
const folders: Readonly<Record<string, string>> = {
  client: dirname(folderOf("@tidings/client/inbox")),
  contract: folderOf("@tidings/contract/inbox"),
  zod: folderOf("zod"),
};

/** For the browser, which finds packages by this alone: no bundler is needed. */
export const importMap = JSON.stringify({
  imports: {
    "@tidings/client/inbox": "/modules/client/inbox/tidings-inbox.js",
    "@tidings/contract/": "/modules/contract/",
    zod: "/modules/zod/index.js",
  },
});

/** A module's text; undefined where there is none. `@tidings/contract/inbox` has no ending: an import map adds none. */
export async function readModule(name: string, path: string): Promise<string | undefined> {
  const folder = Object.hasOwn(folders, name) ? folders[name] : undefined;
  if (folder === undefined) return undefined;
  const file = join(folder, path.endsWith(".js") ? path : `${path}.js`);
  if (!file.startsWith(`${folder}${sep}`)) return undefined;
  return readFile(file, "utf8").catch(() => undefined);
}
