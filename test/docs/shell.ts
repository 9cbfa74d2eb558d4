import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a reader's terminal keeps between commands: the folder, and what was exported. */
export interface Shell {
  run(script: string): Promise<string>;
}

/** Runs scripts one after the other; each has the exported variables of those before it. Fails where a command fails. */
export function openShell(folder: string, env: NodeJS.ProcessEnv): Shell {
  const opening =
    '[ ! -f "$SHELL_STATE" ] || . "$SHELL_STATE"\nset -euo pipefail\ntrap \'export -p > "$SHELL_STATE"\' EXIT\n';
  return {
    async run(script) {
      const { stdout, stderr } = await run("bash", ["-c", `${opening}${script}`], {
        cwd: folder,
        env: { ...process.env, ...env, SHELL_STATE: `${folder}/.shell-state` },
        maxBuffer: 8 * 1024 * 1024,
      });
      return stdout === "" ? stderr : stdout;
    },
  };
}
