import { realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { build, type Message, type Plugin } from "esbuild";
import { z } from "zod";
import { type FolderFault, startOf } from "../fault.ts";

/** A workflow's TypeScript as one script, with everything that it imports. */
export interface Bundle {
  code: string;
  /** Source map, version 3. */
  map: string;
}

const failureSchema = z.object({ errors: z.array(z.custom<Message>()) });

/**
 * What a definition needs at run time is the function that gives it back. It is written here, so that a folder can be read
 * where the application's own packages are not installed, as in the server's container.
 */
const helperModule: Plugin = {
  name: "workflow-helper",
  setup(setup) {
    setup.onResolve({ filter: /^@tidings\/client\/workflow$/ }, ({ path }) => ({ path, namespace: "tidings" }));
    setup.onLoad({ filter: /.*/, namespace: "tidings" }, () => ({
      contents: "export const workflow = (definition) => definition;",
    }));
  },
};

/** Faults have file, line and column, also where an import is not found. */
export async function bundle(root: string, file: string): Promise<Bundle | { faults: FolderFault[] }> {
  const inside = await realpath(root);
  try {
    const { outputFiles } = await build({
      absWorkingDir: inside,
      entryPoints: [join(inside, file)],
      outdir: inside,
      bundle: true,
      write: false,
      // A script runs to its end or throws: nothing is left that could go on.
      format: "cjs",
      platform: "node",
      target: "node20",
      sourcemap: "external",
      logLevel: "silent",
      // The folder's own files only: no settings of whatever lies above it.
      tsconfigRaw: "{}",
      plugins: [helperModule],
    });
    const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
    return { code: text(".js"), map: text(".js.map") };
  } catch (error) {
    const failure = failureSchema.safeParse(error);
    if (!failure.success) throw error;
    return { faults: failure.data.errors.map((message) => faultOf(inside, file, message)) };
  }
}

function faultOf(root: string, file: string, { text, location, notes }: Message): FolderFault {
  const own = location === null ? undefined : relative(root, join(root, location.file)).split(sep).join("/");
  const place =
    location === null ? startOf(file) : { file: own ?? file, line: location.line, column: location.column + 1 };
  const hint = location?.suggestion || notes[0]?.text;
  return { ...place, path: "", message: text, ...(hint ? { hint } : {}) };
}
