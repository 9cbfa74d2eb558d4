import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { Failure, main, run, tools } from "./process.mjs";

// `npm test -- <filter>` narrows the files; `--project=<name>` picks another project than `unit` and `fast`.
await main(async () => {
  await install();
  const isBuilt = await tryBuild();
  const extra = process.argv.slice(2);
  const picked = extra.some((arg) => /^--project(=|$)/.test(arg)) ? [] : ["--project", "unit", "--project", "fast"];
  const code = await run(process.execPath, [tools.vitest, "run", ...picked, ...extra]);
  return isBuilt ? code : code || 1;
});

/**
 * Tests that start the server start what is built. A type error fails the run, yet the unit tests, which run from the
 * sources, have something to say about it first.
 */
async function tryBuild() {
  try {
    await build();
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n`);
    return false;
  }
}
