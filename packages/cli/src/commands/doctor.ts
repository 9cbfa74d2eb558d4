import type { Command, Context } from "../command.ts";
import { isLoopback } from "../connection.ts";
import { checkKey, probe } from "../doctor/api-checks.ts";
import { type Check, skipped } from "../doctor/check.ts";
import { checkFolder } from "../doctor/folder-checks.ts";
import { checkDataFolder, checkMasterKey, checkNode, checkPort, checkSettings } from "../doctor/machine-checks.ts";
import { readServerSettings, type ServerSetting, type SettingsReport } from "../doctor/server-settings.ts";
import type { Outcome } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { findServer } from "../find-server.ts";
import { pad, tableLines } from "../table.ts";
import { plain, type Style, type Terminal } from "../terminal.ts";

export const doctor: Command = {
  name: "doctor",
  summary: "Look at everything that a working installation needs, and list the settings",
  description: [
    "Checks Node, the settings, the data folder and its disk, the port, the API, the key, readiness, the clock, the master key and the notifications folder with its secrets. What belongs to the server's machine is looked at only where the server is this machine's.",
    "Ends with 1 where a check failed.",
  ],
  options: [{ name: "settings", summary: "List every setting with value, source, default and limit" }],
  examples: [
    { line: "tidings doctor", says: "What is wrong here" },
    { line: "tidings doctor --settings", says: "Every setting and every limit" },
    { line: "tidings doctor --profile production --json", says: "Another environment, for a program" },
  ],
  json: '`{"ok", "url", "urlSource", "keySource", "profile", "checks": [{"name", "status", "detail", "hint"}], "settings": [{"section", "name", "value", "source", "default", "unit", "limit", "description", "secret"}]}`; status is ok, note, failed or skipped; of secrets the value is "(set)" or empty.',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal, version } = context;
  const connection = context.connection();
  const { url, urlSource, keySource, profile } = connection;
  const report = await settingsHere(context);
  const probed = await probe(url, version, signal);
  signal.throwIfAborted();
  const checks = [
    checkNode(process.versions.node),
    ...(isLoopback(url) && report !== undefined
      ? await machineChecks(report, context, probed.answerer)
      : [
          skipped("Server's machine", report === undefined ? "no server is installed here" : `the server is at ${url}`),
        ]),
    ...probed.checks,
    ...(probed.answerer === "tidings" ? [await checkKey(context.api, keySource, signal)] : []),
    await checkFolder(report, context),
  ];
  const isOk = checks.every(({ status }) => status !== "failed");
  const settings = report?.settings ?? [];
  if (json) terminal.document({ ok: isOk, url, urlSource, keySource, profile, checks, settings });
  else {
    show(checks, terminal);
    showSettings(settings, input.flag("settings"), terminal);
  }
  return isOk ? "ok" : "difference";
}

/** Undefined where no server lies beside this command. */
async function settingsHere(context: Context): Promise<SettingsReport | undefined> {
  try {
    return await readServerSettings(findServer(context.cwd), context);
  } catch (error) {
    if (error instanceof Failure && error.outcome === "usage") return undefined;
    throw error;
  }
}

async function machineChecks(report: SettingsReport, { cwd }: Context, answerer: string): Promise<Check[]> {
  return [
    checkSettings(report),
    ...(report.faults.length === 0
      ? [
          ...(await checkDataFolder(report, cwd)),
          await checkMasterKey(report, cwd),
          ...(answerer === "tidings" ? [] : [await checkPort(report)]),
        ]
      : []),
  ];
}

const signs: Record<Check["status"], [string, Style]> = {
  ok: ["✓", "green"],
  note: ["!", "yellow"],
  failed: ["✗", "red"],
  skipped: ["·", "dim"],
};

function show(checks: readonly Check[], terminal: Terminal): void {
  const widest = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, status, detail, hint } of checks) {
    const [sign, style] = signs[status];
    terminal.out(`${terminal.style(style, sign)} ${pad(name, widest)}  ${plain(detail)}`);
    if (hint !== undefined && status !== "ok")
      terminal.out(`  ${" ".repeat(widest)}  ${terminal.style("dim", plain(hint))}`);
  }
}

function showSettings(settings: readonly ServerSetting[], all: boolean, terminal: Terminal): void {
  const shown = all ? settings : settings.filter(({ source }) => source !== "default");
  if (shown.length > 0) {
    terminal.out();
    const rows = shown.map((each) => [
      each.name,
      each.value,
      each.source,
      each.default,
      ...(all ? [each.unit === "" ? each.limit : `${each.limit} (${each.unit})`] : []),
    ]);
    for (const line of tableLines(["SETTING", "VALUE", "SOURCE", "DEFAULT", ...(all ? ["LIMIT"] : [])], rows))
      terminal.out(line);
  }
  if (!all && settings.length > shown.length)
    terminal.note(`\n${settings.length - shown.length} settings have their defaults; --settings lists all`);
}
