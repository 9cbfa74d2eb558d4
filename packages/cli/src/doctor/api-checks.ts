import { readinessSchema } from "@tidings/contract/machines";
import { z } from "zod";
import type { Api } from "../api.ts";
import { failureOf } from "../failure-of.ts";
import { type Check, failed, note, ok } from "./check.ts";

const timeoutMs = 3000;
const bodyBytesMax = 8 * 1024 * 1024;
/** Tokens and signatures of providers are refused from about this on. */
const skewMsMax = 30_000;

export type Answerer = "tidings" | "other" | "nobody";

export interface Probe {
  answerer: Answerer;
  checks: Check[];
}

const healthSchema = z.object({ status: z.literal("ok") });
const openApiSchema = z.object({ info: z.object({ title: z.string(), version: z.string() }) });

/**
 * Who answers at an address. These calls are made by hand: what stands there may be anything, and the date of an answer
 * is in a header.
 */
export async function probe(url: string, version: string, signal: AbortSignal): Promise<Probe> {
  const before = Date.now();
  const health = await get(`${url}/healthz`, signal);
  const after = Date.now();
  if (health === undefined)
    return {
      answerer: "nobody",
      checks: [failed("API", `nobody answers at ${url}`, "tidings start runs a server; --url names another")],
    };
  if (!healthSchema.safeParse(health.json).success)
    return {
      answerer: "other",
      checks: [failed("API", `what answers at ${url} is not Tidings (status ${health.status})`, "--url names another")],
    };
  return {
    answerer: "tidings",
    checks: [
      ok("API", `answers at ${url} within ${after - before} ms`),
      await checkVersion(url, version, signal),
      ...(await checkReadiness(url, signal)),
      checkClock(health.date, before, after),
    ],
  };
}

async function checkVersion(url: string, version: string, signal: AbortSignal): Promise<Check> {
  const document = openApiSchema.safeParse((await get(`${url}/openapi.json`, signal))?.json);
  if (!document.success) return note("Version", "the server does not tell its version");
  const served = document.data.info.version;
  return served === version
    ? ok("Version", served)
    : note("Version", `the server is ${served}, this command ${version}`, "The same version of both fits best");
}

async function checkReadiness(url: string, signal: AbortSignal): Promise<Check[]> {
  const readiness = readinessSchema.safeParse((await get(`${url}/readyz`, signal))?.json);
  if (!readiness.success) return [failed("Readiness", "the server does not tell whether it can work")];
  return Object.entries(readiness.data.checks).map(([name, { ok: isOk, detail }]) =>
    isOk
      ? ok(`Ready: ${name}`, detail ?? "yes")
      : failed(`Ready: ${name}`, detail ?? "no", "The server's log says why"),
  );
}

/** An HTTP date has whole seconds (RFC 9110 §5.6.7), so a second is no difference. */
function checkClock(date: string | null, before: number, after: number): Check {
  const served = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(served)) return note("Clock", "the server tells no time");
  const skewMs = served + 1000 < before ? served + 1000 - before : served > after ? served - after : 0;
  if (Math.abs(skewMs) <= skewMsMax)
    return ok("Clock", skewMs === 0 ? "the same as the server's" : `${Math.round(skewMs / 1000)} s from the server's`);
  return failed(
    "Clock",
    `${Math.round(skewMs / 1000)} s from the server's`,
    "Set the clocks by NTP: signatures and schedules depend on them",
  );
}

/** The key, by a call that every key may make. */
export async function checkKey(api: () => Api, source: string, signal: AbortSignal): Promise<Check> {
  try {
    const page = await api().apiKeys.list({ limit: 1 }, { signal, timeoutMs, retries: 0 }).page();
    const environment = page.items[0]?.environment;
    return ok("API key", `from ${source}${environment === undefined ? "" : `, of the environment ${environment}`}`);
  } catch (error) {
    const { message, hint } = failureOf(error);
    return failed(
      "API key",
      source === "" ? message : `from ${source}: ${message}`,
      source === "" ? hint : "Another one: --api-key or TIDINGS_API_KEY",
    );
  }
}

interface Answer {
  status: number;
  date: string | null;
  /** Undefined where it is no JSON. */
  json: unknown;
}

async function get(url: string, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const answer = await fetch(url, { redirect: "manual", signal: limit });
    return { status: answer.status, date: answer.headers.get("date"), json: parsed(await readBounded(answer)) };
  } catch {
    return undefined;
  }
}

async function readBounded(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.byteLength;
    if (bytes > bodyBytesMax) return "";
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
