/** Servers to try, each as a URL of its own, or what is wrong with the text. */
export type DatabaseServers = { urls: readonly string[] } | { fault: string };

const example = "must be a URL such as postgres://user:password@host:5432/tidings";
const shape = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^@/?#]*)([/?#].*)?$/;
const hostsMax = 16;
/** They ask for what is looked for anyway: a server that takes writes, or one that does not. */
const ofPrimary: readonly string[] = ["read-write", "primary"];
const ofReplica: readonly string[] = ["read-only", "standby", "prefer-standby"];

/**
 * Reads a URL that may name several hosts, as libpq does: `postgres://user:password@one:5432,two:5432/tidings`.
 * https://www.postgresql.org/docs/17/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function databaseServers(text: string): DatabaseServers {
  return serversOf(text, ofPrimary);
}

/** The same of the servers that stand by. */
export function replicaServers(text: string): DatabaseServers {
  return serversOf(text, ofReplica);
}

function serversOf(text: string, attributes: readonly string[]): DatabaseServers {
  const [, before = "", hosts = "", after = ""] = shape.exec(text) ?? [];
  if (before === "") return { fault: example };
  const names = hosts.split(",");
  if (names.length > hostsMax) return { fault: `must name at most ${hostsMax} hosts` };
  const urls: string[] = [];
  for (const [index, name] of names.entries()) {
    if (name === "" && names.length > 1) return { fault: `names no host in place ${index + 1} of its list of hosts` };
    if (!URL.canParse(`${before}${name}${after}`))
      return {
        fault: names.length === 1 ? example : `has a host that cannot be read in place ${index + 1} of its list`,
      };
    const url = new URL(`${before}${name}${after}`);
    const wanted = url.searchParams.get("target_session_attrs");
    if (wanted !== null && !attributes.includes(wanted))
      return { fault: `has target_session_attrs=${wanted}: only ${attributes.join(" and ")} are supported` };
    url.searchParams.delete("target_session_attrs");
    urls.push(wanted === null ? `${before}${name}${after}` : url.href);
  }
  return { urls };
}
