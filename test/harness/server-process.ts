import { fileURLToPath } from "node:url";
import { type Child, startChild } from "./child.ts";
import { engineSettings } from "./engine.ts";

export const apiKey = "tdg_d_the-key-of-tests-and-benchmarks-0123456789";
const main = fileURLToPath(new URL("../../packages/server/dist/main.js", import.meta.url));

export interface ServerProcess extends Child {
  url: string;
  port: number;
}

/** Starts the built server on a data directory, and resolves when it works; the port is 0 where it takes no events. */
export async function startServerProcess(
  dataDir: string,
  settings: Record<string, string> = {},
  options: { wrap?: readonly string[]; port?: number; onLine?: (line: string) => void } = {},
): Promise<ServerProcess> {
  const env = {
    TIDINGS_PORT: String(options.port ?? 0),
    TIDINGS_DATA_DIR: dataDir,
    TIDINGS_API_KEY: apiKey,
    TIDINGS_NOTIFICATIONS_DIR: "/nonexistent",
    TIDINGS_ALLOW_PRIVATE_NETWORK: "true",
    TIDINGS_LOG_LEVEL: "warn",
    ...(await engineSettings(dataDir)),
    ...settings,
  };
  const nodeArgs = (process.env["TIDINGS_TEST_NODE_ARGS"] ?? "").split(" ").filter(Boolean);
  const child = await startChild(
    [...(options.wrap ?? []), process.execPath, ...nodeArgs, main],
    { env, ...(options.onLine === undefined ? {} : { onLine: options.onLine }) },
    (line) => {
      if (line.includes(" is running, for ")) return { url: "", port: 0 };
      const match = /^\s+API\s+(http:\S+):(\d+)$/.exec(line);
      return match === null ? undefined : { url: `${match[1]}:${match[2]}`, port: Number(match[2]) };
    },
  );
  return { ...child, url: child.ready.url, port: child.ready.port };
}
