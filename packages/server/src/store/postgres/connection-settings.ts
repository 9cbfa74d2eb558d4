import type { Config } from "../../config.ts";
import { databaseServers } from "../../lib/database-url.ts";
import { isLoopbackHost } from "../../lib/loopback-host.ts";
import type { ConnectionSettings } from "./connection.ts";
import { Servers } from "./servers.ts";

/** How the settings say that a database is reached. */
export function connectionSettings(
  database: Config["database"],
  url: string,
  applicationName: string,
): ConnectionSettings {
  return settingsOfServers(database, urlsOf(url), applicationName);
}

/** The same, where its servers are known one by one. */
export function settingsOfServers(
  { tls, caFile, connectTimeoutMs, statementTimeoutMs, leaseMs }: Config["database"],
  urls: readonly string[],
  applicationName: string,
): ConnectionSettings {
  const tlsOf = (server: string) => {
    const isNear = isLoopbackHost(new URL(server).hostname);
    return { mode: tls === "auto" ? (isNear ? ("off" as const) : ("verify" as const)) : tls, caFile };
  };
  return {
    servers: new Servers(urls.map((server) => ({ url: server, tls: tlsOf(server) }))),
    connectTimeoutMs,
    statementTimeoutMs,
    // What it had locked is free when its lease is over.
    silentMaxMs: leaseMs,
    applicationName,
  };
}

/** Where a database is, without its password. */
export function placeOfDatabase(url: string): string {
  const [first = "", ...others] = urlsOf(url).map((server) => new URL(server));
  if (first === "") return "";
  return `${[first, ...others].map(({ host }) => host).join(",")}${first.pathname}`;
}

function urlsOf(url: string): readonly string[] {
  const servers = databaseServers(url);
  if ("fault" in servers) throw new Error(`TIDINGS_DATABASE_URL ${servers.fault}`);
  return servers.urls;
}
