import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { bannerJson, bannerText, urlOf } from "./composition/banner.ts";
import { startServer } from "./composition/server.ts";
import { loadConfig, reportSettings } from "./config.ts";
import { createLog } from "./observe/log.ts";

/** Exit codes: a fault in the settings, and any other reason for which the server cannot run. */
const exitSettings = 2;
const exitFailed = 1;

const version: string = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;

const readText = (path: string): string => readFileSync(path, "utf8");

async function main(): Promise<void> {
  if (process.argv.includes("--describe-settings")) {
    // For `tidings doctor`, which knows nothing of the server but how to start it.
    process.stdout.write(`${JSON.stringify(reportSettings(process.env, readText))}\n`);
    return;
  }
  const loaded = loadConfig(process.env, readText);
  if ("faults" in loaded) {
    for (const { name, message } of loaded.faults) process.stderr.write(`${name} ${message}\n`);
    process.exitCode = exitSettings;
    return;
  }
  const { config } = loaded;
  const { heapGrowthPercent } = config.process;
  // Read by V8 at each collection, so that it holds from now on, in worker threads too.
  if (heapGrowthPercent > 0) setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`);
  const log = createLog(config.process.logLevel);
  const end = (code: number): void => {
    log.flush();
    process.exit(code);
  };
  const server = await startServer(config, {
    log,
    version,
    onFatal: (error) => {
      log.error("the store is lost: the process ends, and what was accepted is durable", { error });
      end(exitFailed);
    },
  });
  const stop = (): void => {
    server.stop().then(
      () => end(0),
      (error: unknown) => {
        log.error("the server did not stop in order", { error });
        end(exitFailed);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  const url = urlOf(config.api.host, server.port);
  const facts = {
    version,
    roles: config.process.roles,
    url,
    apiKey: server.bootstrapKey,
    masterKeyPlace: server.masterKeyPlace,
    dataDir: config.process.dataDir,
    mailboxUrl: `${url}${server.mailboxPath}`,
    warnings: server.warnings,
  };
  process.stdout.write(process.argv.includes("--json") ? bannerJson(facts) : bannerText(facts));
}

main().catch((error: unknown) => {
  process.stderr.write(`Tidings could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitFailed);
});
