import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { capture, Failure, main, run, tools } from "./process.mjs";

const services = fileURLToPath(new URL("../test/services/servers/services-main.ts", import.meta.url));
const kill = "test/crash/kill.test.ts";
const suites = process.argv.includes("--kafka") ? [kill] : [kill, "test/crash/topic.test.ts"];
const picked = process.argv.slice(2).filter((argument) => argument.startsWith("test/"));
const servers = process.argv.includes("--kafka") ? ["postgres-15", "kafka-4"] : ["postgres-15"];

// Kills of the crash suite of the embedded store, unchanged, over servers that share a PostgreSQL of this run; with --kafka, work
// goes by a Kafka of this run too. What else is among the arguments picks files.
await main(async () => {
  await install();
  await build();
  const folder = mkdtempSync(join(tmpdir(), "tidings-crash-postgres-"));
  // Started by root, the server runs as another user, who has to come through.
  chmodSync(folder, 0o711);
  const env = { ...process.env, TIDINGS_TEST_SERVICES_DIR: folder };
  const service = async (command) => {
    const { code, stdout, stderr } = await capture(
      process.execPath,
      ["--import", "tsx", services, command, ...servers],
      {
        env,
      },
    );
    if (code !== 0) throw new Failure(`${servers.join(" ")} ${command}: ${stderr}`);
    return stdout;
  };
  try {
    const told = await service("up");
    const find = (shape, what) => {
      const found = shape.exec(told)?.[1];
      if (found === undefined) throw new Failure(`the servers said no ${what}`);
      return found;
    };
    const url = find(/^\s+adminUrl\s+(postgres:\S+)$/m, "adminUrl");
    const queue =
      servers.length > 1 ? { TIDINGS_TEST_QUEUE_URL: `kafka://${find(/^\s+brokers\s+(\S+)$/m, "brokers")}` } : {};
    const files = picked.length > 0 ? picked : suites;
    return await run(process.execPath, [tools.vitest, "run", "--project", "crash", ...files], {
      env: { ...env, ...queue, TIDINGS_TEST_ENGINE: "postgres", TIDINGS_TEST_DATABASE_URL: url },
    });
  } finally {
    await service("down");
    rmSync(folder, { recursive: true, force: true });
  }
});
