import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { capture, Failure, main, run, tools } from "./process.mjs";

const services = fileURLToPath(new URL("../test/services/servers/services-main.ts", import.meta.url));
const server = "postgres-15";

// The crash suite of the embedded store, unchanged, over servers that share a PostgreSQL of this run.
await main(async () => {
  await install();
  await build();
  const folder = mkdtempSync(join(tmpdir(), "tidings-crash-postgres-"));
  // Started by root, the server runs as another user, who has to come through.
  chmodSync(folder, 0o711);
  const env = { ...process.env, TIDINGS_TEST_SERVICES_DIR: folder };
  const service = async (command) => {
    const { code, stdout, stderr } = await capture(process.execPath, ["--import", "tsx", services, command, server], {
      env,
    });
    if (code !== 0) throw new Failure(`${server} ${command}: ${stderr}`);
    return stdout;
  };
  try {
    const url = /^\s+adminUrl\s+(postgres:\S+)$/m.exec(await service("up"))?.[1];
    if (url === undefined) throw new Failure(`${server} said no address`);
    return await run(process.execPath, [tools.vitest, "run", "--project", "crash", "test/crash/kill.test.ts"], {
      env: { ...env, TIDINGS_TEST_ENGINE: "postgres", TIDINGS_TEST_DATABASE_URL: url },
    });
  } finally {
    await service("down");
    rmSync(folder, { recursive: true, force: true });
  }
});
