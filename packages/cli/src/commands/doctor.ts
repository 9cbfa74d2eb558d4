import type { Command, Context } from "../command.ts";
import { isLoopback } from "../connection.ts";
import { checkKey, probe } from "../doctor/api-checks.ts";
import { type Check, skipped } from "../doctor/check.ts";
import { checkFolder } from "../doctor/folder-checks.ts";
import { checkDataFolder, checkMasterKey, checkNode, checkPort, checkSettings } from "../doctor/machine-checks.ts";
import { readServerSettings, type ServerSetting, type SettingsReport } from "../doctor/server-settings.ts";
import { showChecks } from "../doctor/show-checks.ts";
import { readStanding, type Standing } from "../doctor/standing.ts";
import type { Outcome } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { findServer } from "../find-server.ts";
import { tableLines } from "../table.ts";
import type { Terminal } from "../terminal.ts";

export const doctor: Command = {
  name: "doctor",
  summary: "Look at everything that a working installation needs, and list the settings",
  description: [
    "Checks Node, the settings, the data folder and its disk, the port, the API, the key, readiness, the clock, the master key and the notifications folder with its secrets. What belongs to the server's machine is looked at only where the server is this machine's.",
    "Then tells what the server finds wrong with its environment: integrations that do not work, channels of critical messages that nothing carries or one integration alone, marketing mail whose recipients cannot unsubscribe. --probe has every vendor asked first.",
    "Ends with 1 where a check failed or something is an error.",
  ],
  options: [
    { name: "settings", summary: "List every setting with value, source, default and limit" },
    { name: "probe", summary: "Have the vendor of each enabled integration asked now whether it works" },
  ],
  examples: [
    { line: "tidings doctor", says: "What is wrong here" },
    { line: "tidings doctor --probe", says: "Whether all integrations work, too" },
    { line: "tidings doctor --settings", says: "Every setting and every limit" },
    { line: "tidings doctor --profile production --json", says: "Another environment, for a program" },
  ],
  json: '`{"ok", "url", "urlSource", "keySource", "profile", "checks": [{"name", "status", "detail", "hint"}], "probes": [{"integration", "status", "code", "detail", "at", "lastGoodAt"}], "findings": [{"severity", "code", "integration", "channel", "text"}], "settings": [{"section", "name", "value", "source", "default", "unit", "limit", "description", "secret"}]}`; status of a check is ok, note, failed or skipped; of secrets the value is "(set)" or empty.',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal, version } = context;
  const connection = context.connection();
  const { url, urlSource, keySource, profile } = connection;
  const report = await settingsHere(context);
  const probed = await probe(url, version, signal);
  signal.throwIfAborted();
  const key = probed.answerer === "tidings" ? [await checkKey(context.api, keySource, signal)] : [];
  const canAsk = key.some(({ status }) => status === "ok");
  const standing = canAsk ? await readStanding(context.api(), input.flag("probe"), signal) : nothingAsked;
  const checks = [
    checkNode(process.versions.node),
    ...(isLoopback(url) && report !== undefined
      ? await machineChecks(report, context, probed.answerer)
      : [
          skipped("Server's machine", report === undefined ? "no server is installed here" : `the server is at ${url}`),
        ]),
    ...probed.checks,
    ...key,
    await checkFolder(report, context),
  ];
  const isOk = [...checks, ...standing.checks].every(({ status }) => status !== "failed");
  const settings = report?.settings ?? [];
  const { probes, findings } = standing;
  if (json) terminal.document({ ok: isOk, url, urlSource, keySource, profile, checks, probes, findings, settings });
  else {
    showChecks([...checks, ...standing.checks], terminal);
    showSettings(settings, input.flag("settings"), terminal);
  }
  return isOk ? "ok" : "difference";
}

const nothingAsked: Standing = { probes: [], findings: [], checks: [] };

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
