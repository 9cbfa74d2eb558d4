import { retryAfterMs } from "../lib/retry-after.ts";
import type { OutboundResponse, Outcome, RefusalScope } from "../ports/provider.ts";
import { failureOf } from "./http-outcomes.ts";

type Rejected = Extract<Outcome, { status: "rejected" }>;

/** What one of a vendor's codes means. */
export interface CodeRule {
  kind: Rejected["kind"];
  scope?: RefusalScope;
  suppress?: true;
  /** Tried again no sooner. */
  minimumMs?: number;
  attemptsMax?: number;
}

/**
 * A vendor's codes as data: by its own code, or by the status of the answer (`"401"`) where that has none. Each row names what
 * the vendor's page says.
 */
export type CodeTable = Readonly<Record<string, CodeRule>>;

/** An account whose key, rights or balance are gone lets no message out, whoever it is for. */
export const accountStatuses: CodeTable = {
  "401": { kind: "transient", scope: "integration" },
  "402": { kind: "transient", scope: "integration" },
  "403": { kind: "transient", scope: "integration" },
};

/** A code that the table does not know is tried a few times, and told of. */
const unlistedAttemptsMax = 3;

export interface VendorAnswer {
  /** The vendor's own code in the answer; undefined where it gives none. Throws nothing. */
  code: string | undefined;
  /** Free of addresses and content. */
  detail?: string | undefined;
  /** When to come again, where the body says so and not the header. */
  retryAfterMs?: number | undefined;
}

/**
 * What an answer means for the messages of its request; undefined for 2xx, which the adapter reads itself. `read` finds the
 * vendor's code in the body of any other, given as JSON and as it came.
 */
export function vendorFailure(
  response: OutboundResponse,
  nowMs: number,
  table: CodeTable,
  read: (body: unknown, raw: Buffer) => VendorAnswer,
): Outcome | undefined {
  const byStatus = failureOf(response, nowMs);
  if (byStatus === undefined || response.status !== "response" || byStatus.status !== "rejected") return byStatus;
  const { code, detail, retryAfterMs: told } = read(parsedJson(response.body), response.body);
  const wait = told ?? retryAfterMs(response.headers["retry-after"], nowMs);
  const status = String(response.statusCode);
  const rule = (code === undefined ? undefined : ruleOf(table, code)) ?? ruleOf(table, status);
  if (rule !== undefined) return ruled(code ?? status, rule, detail, wait);
  const known: Rejected = {
    ...byStatus,
    code: code ?? status,
    ...(detail === undefined ? {} : { detail }),
    ...(wait === undefined || byStatus.kind !== "transient" ? {} : { retryAfterMs: wait }),
  };
  if (code === undefined || byStatus.kind === "transient") return known;
  return { ...known, kind: "transient", attemptsMax: unlistedAttemptsMax, unlisted: true };
}

/** The outcome that a vendor's code for one message means, in an answer of any status. */
export function codeOutcome(table: CodeTable, code: string, detail?: string): Rejected {
  const rule = ruleOf(table, code);
  if (rule !== undefined) return ruled(code, rule, detail, undefined);
  const rest = detail === undefined ? {} : { detail };
  return { status: "rejected", kind: "transient", code, attemptsMax: unlistedAttemptsMax, unlisted: true, ...rest };
}

/** A vendor's text may be the name of what every object has, such as `constructor`. */
const ruleOf = (table: CodeTable, code: string): CodeRule | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined;

function ruled(code: string, rule: CodeRule, detail: string | undefined, waitMs: number | undefined): Rejected {
  const { kind, scope, suppress, minimumMs, attemptsMax } = rule;
  const retryMs = kind === "transient" ? Math.max(waitMs ?? 0, minimumMs ?? 0) : 0;
  return {
    status: "rejected",
    kind,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(scope === undefined ? {} : { scope }),
    ...(suppress === undefined ? {} : { suppress }),
    ...(attemptsMax === undefined ? {} : { attemptsMax }),
    ...(retryMs === 0 ? {} : { retryAfterMs: retryMs }),
  };
}

/** Undefined where it is no JSON. */
export function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** The vendor said that it took the message, in words that we cannot read: nobody knows. */
export const malformedAnswer: Outcome = {
  status: "unknown",
  code: "malformed_answer",
  detail: "an answer that cannot be read",
};
