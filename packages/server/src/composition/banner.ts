import type { BootstrapKey } from "./bootstrap-key.ts";

export interface BannerFacts {
  version: string;
  /** What this process does. */
  roles: readonly string[];
  /** Where the API answers, without a slash at the end. */
  url: string;
  apiKey: BootstrapKey;
  masterKeyPlace: string;
  dataDir: string;
  /** Page of the sandbox mailbox. */
  mailboxUrl: string;
  warnings: readonly string[];
}

/** The address to type for a host and port that the server listens on. */
export function urlOf(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" || host === "" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** What is printed at a start: all that is needed to send the first notification, where this process takes it. */
export function bannerText(facts: BannerFacts): string {
  const takesEvents = facts.roles.includes("api");
  const face: [string, string][] = [
    ["API", facts.url],
    ["API key", apiKeyText(facts.apiKey)],
    ["Mailbox", facts.mailboxUrl],
  ];
  const rows: [string, string][] = [
    ...(takesEvents ? face : []),
    ["Data", facts.dataDir],
    ["Master key", masterKeyText(facts.masterKeyPlace)],
    ...facts.warnings.map((warning): [string, string] => ["Warning", warning]),
  ];
  const table = rows.map(([name, value]) => `  ${name.padEnd(11)} ${value}`).join("\n");
  if (!takesEvents) return `\nTidings ${facts.version} is running, for ${facts.roles.join(", ")}.\n\n${table}\n`;
  const line = curlOf(facts.url, shownKey(facts.apiKey));
  return `\nTidings ${facts.version} is running.\n\n${table}\n\nSend a notification, then look into the mailbox:\n\n${line}\n`;
}

/** The same for a program, on one line: of the key only where it lies. */
export function bannerJson(facts: BannerFacts): string {
  const { apiKey, ...rest } = facts;
  const place = apiKey.status === "none" ? undefined : apiKey.place;
  return `${JSON.stringify({ started: true, ...rest, apiKey: { status: apiKey.status, place } })}\n`;
}

/** A key from the environment stays there: the banner goes into logs. */
function shownKey(apiKey: BootstrapKey): string {
  if (apiKey.status !== "ready") return "YOUR_API_KEY";
  return apiKey.place === "TIDINGS_API_KEY" ? "$TIDINGS_API_KEY" : apiKey.key;
}

/** One line, for a POSIX shell. The event starts the example workflow `password-reset`. */
function curlOf(url: string, key: string): string {
  const event = {
    name: "password.reset",
    recipients: [{ id: "anna", email: "anna@example.com" }],
    data: { name: "Anna", url: "https://example.com/reset/4711" },
  };
  return `curl -sS ${url}/v1/events -H "Authorization: Bearer ${key}" -H 'Content-Type: application/json' -d '${JSON.stringify(event)}'`;
}

function apiKeyText(apiKey: BootstrapKey): string {
  if (apiKey.status === "ready") {
    return apiKey.place === "TIDINGS_API_KEY" ? "as TIDINGS_API_KEY says" : `${apiKey.key}  (in ${apiKey.place})`;
  }
  const another = "make another one with POST /v1/api-keys and a key that you have";
  if (apiKey.status === "revoked") return `the one in ${apiKey.place} was revoked; ${another}`;
  return `not shown, as keys exist already; ${another}`;
}

function masterKeyText(place: string): string {
  if (place === "TIDINGS_MASTER_KEY") return "from TIDINGS_MASTER_KEY";
  return `${place}  (without it the data cannot be read: back it up, apart from the data)`;
}
