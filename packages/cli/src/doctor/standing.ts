import type { Finding, ProbeView } from "@tidings/client";
import type { Api } from "../api.ts";
import { failureOf } from "../failure-of.ts";
import { type Check, failed, note, ok, skipped } from "./check.ts";

/** An integration with what its vendor said. */
export interface Probed extends ProbeView {
  integration: string;
}

export interface Standing {
  /** What came of asking; empty where it was not wanted. */
  probes: Probed[];
  findings: Finding[];
  checks: Check[];
}

/** Vendors that are asked at once. */
const atOnceMax = 4;
const pageItems = 100;

/** What the server finds wrong with its environment; where it is wanted, after every enabled integration was asked. */
export async function readStanding(api: Api, wantsProbes: boolean, signal: AbortSignal): Promise<Standing> {
  try {
    const probes = wantsProbes ? await probeAll(api, signal) : [];
    const { items: findings } = await api.integrations.findings({ signal });
    return { probes, findings, checks: [...probes.map(probeCheck), ...findingChecks(findings)] };
  } catch (error) {
    signal.throwIfAborted();
    const { message, code } = failureOf(error);
    // a server of another version, which the check of that tells
    const isOlder = code === "not_found";
    const check = isOlder ? note("Findings", "the server tells none") : failed("Findings", message);
    return { probes: [], findings: [], checks: [check] };
  }
}

async function probeAll(api: Api, signal: AbortSignal): Promise<Probed[]> {
  const keys: string[] = [];
  for await (const { key, document } of api.integrations.list({ limit: pageItems }, { signal }))
    if (document.enabled !== false) keys.push(key);
  const probes = new Map<string, Probed>();
  const waiting = [...keys];
  const work = async (): Promise<void> => {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift())
      probes.set(key, { integration: key, ...(await api.integrations.probe(key, { signal })) });
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, keys.length) }, work));
  return keys.flatMap((key) => probes.get(key) ?? []);
}

/** That one failed is a finding too, which says what to do: here it is a fact among others. */
function probeCheck({ integration, status, code, detail = "" }: Probed): Check {
  const name = `Probe of ${integration}`;
  if (status === "ok") return ok(name, "it works");
  if (status === "unchecked") return skipped(name, detail);
  return failed(name, [code ?? "", detail].filter((part) => part !== "").join(": "));
}

function findingChecks(findings: readonly Finding[]): Check[] {
  if (findings.length === 0) return [ok("Findings", "none")];
  return findings.map(({ severity, code, text }) => (severity === "error" ? failed(code, text) : note(code, text)));
}
