import { Resolver } from "node:dns/promises";
import { usage } from "../../failure.ts";
import { reverseName } from "./reverse-name.ts";

/** What a look-up came to. `none`: there is no such name, or nothing of the kind at it. */
export type Answer<Value> =
  | { status: "found"; values: Value[] }
  | { status: "none" }
  /** The servers did not say: `ESERVFAIL`, `ETIMEOUT` … */
  | { status: "failed"; code: string };

export interface MailExchange {
  /** Empty where the domain says that it takes no mail (RFC 7505). */
  exchange: string;
  priority: number;
}

/** Look-ups, each made once. Names are without the dot at their end. */
export interface Dns {
  /** Each record's strings are joined, as SPF (RFC 7208 §3.3), DKIM and DMARC have it. */
  txt(name: string): Promise<Answer<string>>;
  mx(name: string): Promise<Answer<MailExchange>>;
  /** IPv4 and IPv6. */
  addresses(name: string): Promise<Answer<string>>;
  /** Of an address (PTR). */
  names(address: string): Promise<Answer<string>>;
}

interface Options {
  /** `host:port` of the server that is asked, by address; the machine's own where left out. */
  server: string | undefined;
  /** For one try; there are two. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** Records of others can name each other without end. */
const lookUpsMax = 500;

export function openDns({ server, timeoutMs, signal }: Options): Dns {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  if (server !== undefined) setServer(resolver, server);
  signal.addEventListener("abort", () => resolver.cancel(), { once: true });
  let lookUps = 0;
  const once = <Value>(ask: (name: string) => Promise<Value[]>): ((name: string) => Promise<Answer<Value>>) => {
    const known = new Map<string, Promise<Answer<Value>>>();
    return (name) => {
      signal.throwIfAborted();
      const asked = known.get(name.toLowerCase());
      if (asked !== undefined) return asked;
      lookUps += 1;
      const answer = lookUps > lookUpsMax ? Promise.resolve(tooMany) : answered(ask(name), signal);
      known.set(name.toLowerCase(), answer);
      return answer;
    };
  };
  const four = once((name) => resolver.resolve4(name));
  const six = once((name) => resolver.resolve6(name));
  return {
    txt: once(async (name) => (await resolver.resolveTxt(name)).map((strings) => strings.join(""))),
    mx: once((name) => resolver.resolveMx(name)),
    // not `reverse`: that looks into the hosts file, and takes every fault for no name
    names: once((address) => resolver.resolvePtr(reverseName(address))),
    addresses: async (name) => either(await Promise.all([four(name), six(name)])),
  };
}

const tooMany = { status: "failed", code: `more than ${lookUpsMax} look-ups` } as const;

function setServer(resolver: Resolver, server: string): void {
  try {
    resolver.setServers([server]);
  } catch {
    throw usage(`--resolver must be an address and a port, such as 127.0.0.1:53, not ${JSON.stringify(server)}`);
  }
}

/** NXDOMAIN and a name without records of the kind (RFC 2308 §2). */
const noneCodes: ReadonlySet<unknown> = new Set(["ENOTFOUND", "ENODATA"]);

async function answered<Value>(asked: Promise<Value[]>, signal: AbortSignal): Promise<Answer<Value>> {
  try {
    const values = await asked;
    return values.length === 0 ? { status: "none" } : { status: "found", values };
  } catch (error) {
    signal.throwIfAborted();
    const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
    if (noneCodes.has(code)) return { status: "none" };
    return { status: "failed", code: typeof code === "string" ? code : "EUNKNOWN" };
  }
}

/** One that failed matters only where the other had nothing. */
function either<Value>(answers: readonly Answer<Value>[]): Answer<Value> {
  const values = answers.flatMap((answer) => (answer.status === "found" ? answer.values : []));
  if (values.length > 0) return { status: "found", values };
  return answers.find(({ status }) => status === "failed") ?? { status: "none" };
}
