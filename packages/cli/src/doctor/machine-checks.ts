import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { type Check, failed, note, ok, skipped } from "./check.ts";
import { type SettingsReport, settingValue } from "./server-settings.ts";

const nodeMin = [20, 19, 4] as const;
const MIB = 1024 * 1024;
/** Below the first the store will soon not be able to commit; below the second it is time to look. */
const freeBytesFailed = 100 * MIB;
const freeBytesNoted = 1024 * MIB;

export function checkNode(version: string): Check {
  const parts = version.split(".").map(Number);
  const at = nodeMin.findIndex((least, index) => least !== parts[index]);
  const isOld = at !== -1 && (parts[at] ?? 0) < (nodeMin[at] ?? 0);
  const detail = `Node ${version}`;
  return isOld ? failed("Node", detail, `Tidings needs ${nodeMin.join(".")} or newer`) : ok("Node", detail);
}

export function checkSettings(report: SettingsReport): Check {
  if (report.faults.length === 0) {
    const given = report.settings.filter(({ source }) => source !== "default").length;
    return ok("Settings", `${report.settings.length} known, ${given} set`);
  }
  const [first] = report.faults;
  return failed(
    "Settings",
    report.faults.map(({ name, message }) => `${name} ${message}`).join("; "),
    `Correct ${first?.name}`,
  );
}

/** The data folder, or the nearest folder above it that is there: the server makes what is missing. */
export async function checkDataFolder(report: SettingsReport, cwd: string): Promise<Check[]> {
  const folder = resolve(cwd, settingValue(report, "TIDINGS_DATA_DIR"));
  const present = await nearestPresent(folder);
  const shown = present === folder ? folder : `${folder}, to be made in ${present}`;
  try {
    await access(present, constants.W_OK | constants.X_OK);
  } catch {
    return [
      failed(
        "Data folder",
        `${shown} cannot be written`,
        "Give it to the user who runs the server, or set TIDINGS_DATA_DIR",
      ),
    ];
  }
  if (!(await stat(present)).isDirectory()) return [failed("Data folder", `${present} is no folder`)];
  return [ok("Data folder", shown), await checkSpace(present)];
}

async function nearestPresent(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if (await isThere(at)) return at;
    if (dirname(at) === at) return at;
  }
}

async function checkSpace(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${(free / MIB / 1024).toFixed(1)} GiB free`;
  if (free < freeBytesFailed) return failed("Disk", detail, "Without room nothing can be made durable: make room");
  return free < freeBytesNoted ? note("Disk", detail, "Make room in time") : ok("Disk", detail);
}

/** The key opens everything; a copy on another disk is what a restore begins with. */
export async function checkMasterKey(report: SettingsReport, cwd: string): Promise<Check> {
  if (settingValue(report, "TIDINGS_MASTER_KEY") !== "") return ok("Master key", "from TIDINGS_MASTER_KEY");
  const path = join(resolve(cwd, settingValue(report, "TIDINGS_DATA_DIR")), "master.key");
  try {
    const { mode } = await stat(path);
    if (process.platform !== "win32" && (mode & 0o077) !== 0)
      return failed("Master key", `${path} can be read by other users`, `chmod 600 ${path}`);
    return note("Master key", path, "Without it the data cannot be read: keep a copy apart from the data");
  } catch {
    return skipped("Master key", "is made at the first start");
  }
}

/** Where nobody answers on the port: whether the server could listen there. */
export async function checkPort(report: SettingsReport): Promise<Check> {
  const port = Number(settingValue(report, "TIDINGS_PORT"));
  const host = settingValue(report, "TIDINGS_HOST");
  const code = await listenOnce(host, port);
  if (code === undefined) return ok("Port", `${port} is free`);
  if (code === "EADDRINUSE")
    return failed(
      "Port",
      `${port} is taken by a program that does not answer as Tidings`,
      "Stop it, or set TIDINGS_PORT",
    );
  return failed("Port", `${host}:${port} cannot be listened on (${code})`, "Set TIDINGS_HOST or TIDINGS_PORT");
}

function listenOnce(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
