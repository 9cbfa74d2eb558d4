import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Failure, usage } from "./failure.ts";
import type { Input } from "./input.ts";
import { readProfile } from "./profile-file.ts";

/** Where the API is, with what key, and where both come from: `doctor` tells. */
export interface Connection {
  url: string;
  urlSource: string;
  /** Undefined where none was found. */
  apiKey: string | undefined;
  keySource: string;
  /** Name of the profile in force. */
  profile: string | undefined;
}

interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

const keyBytesMax = 4096;

/**
 * An option first; a profile that was named; variables; the default profile; the server of this folder. Whoever names a
 * profile gets its URL *and* its key: a key of another place is never sent there.
 */
export function findConnection(input: Input, surroundings: Surroundings): Connection {
  const named = input.text("profile") ?? orNothing(surroundings.env.TIDINGS_ENVIRONMENT);
  return resolveConnection(surroundings, { url: input.text("url"), apiKey: input.text("api-key"), profile: named });
}

export function resolveConnection(
  { env, cwd }: Surroundings,
  given: { url?: string | undefined; apiKey?: string | undefined; profile?: string | undefined },
): Connection {
  const profile = readProfile(cwd, given.profile);
  const isNamed = given.profile !== undefined;
  const urls: [string | undefined, string][] = [
    [given.url, "--url"],
    ...(isNamed ? [] : [[orNothing(env.TIDINGS_URL), "TIDINGS_URL"] satisfies [string | undefined, string]]),
    [profile?.url, profile === undefined ? "" : `${profile.name} in ${profile.file}`],
    [localUrl(env), "the server of this folder"],
  ];
  const [url = "", urlSource = ""] = urls.find(([value]) => value !== undefined) ?? [];
  const isProfiles = profile !== undefined && url === profile.url;
  const keys: [string | undefined, string][] = [
    [given.apiKey, "--api-key"],
    ...(isNamed ? [] : [[orNothing(env.TIDINGS_API_KEY), "TIDINGS_API_KEY"] satisfies [string | undefined, string]]),
    ...(isProfiles ? [keyOfProfile(profile.keyVariable, env)] : []),
  ];
  const key = keys.find(([value]) => value !== undefined) ?? localKey(url, env, cwd);
  return { url: checkedUrl(url, urlSource), urlSource, apiKey: key[0], keySource: key[1], profile: profile?.name };
}

function keyOfProfile(variable: string | undefined, env: Surroundings["env"]): [string | undefined, string] {
  if (variable === undefined) return [undefined, ""];
  const value = orNothing(env[variable]);
  if (value === undefined)
    throw new Failure("usage", `${variable} is not set`, { hint: "The profile takes its API key from this variable" });
  return [value, variable];
}

/** The server that `tidings start` or `npm start` runs in this folder listens where its settings say. */
function localUrl(env: Surroundings["env"]): string {
  const host = orNothing(env.TIDINGS_HOST);
  const name = host === undefined || ["0.0.0.0", "::", "127.0.0.1"].includes(host) ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${orNothing(env.TIDINGS_PORT) ?? "4400"}`;
}

/** The key that the first start made, for this machine alone: it is sent nowhere else. */
function localKey(url: string, env: Surroundings["env"], cwd: string): [string | undefined, string] {
  if (!isLoopback(url)) return [undefined, ""];
  const path = resolve(cwd, orNothing(env.TIDINGS_DATA_DIR) ?? "./data", "api-key");
  try {
    const text = readFileSync(path, "utf8").trim();
    return text.length > 0 && text.length <= keyBytesMax ? [text, path] : [undefined, ""];
  } catch {
    return [undefined, ""];
  }
}

export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function checkedUrl(url: string, source: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw usage(`${source} is no http or https URL`, "Such as http://localhost:4400");
  if (new URL(url).username !== "" || new URL(url).password !== "")
    throw usage(`${source} holds a user name or password`, "The API takes a key: TIDINGS_API_KEY");
  return url.replace(/\/+$/, "");
}

/** An empty variable counts as not set, as for the server. */
function orNothing(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}
