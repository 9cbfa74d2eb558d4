/*
 * What the answer to an HTTP call says about trying again. Pure: what a vendor or a receiver makes of its own statuses
 * is laid over it where it is used.
 */

interface StatusRule {
  from: number;
  to: number;
  kind: "transient" | "permanent";
  gone?: true;
}

/** What a status says about a request that was not taken; the first row that fits. 2xx is not listed: it was taken. */
const statusRules: readonly StatusRule[] = [
  // no redirect is followed, and Standard Webhooks 1.0.0 counts it as a failure
  { from: 300, to: 399, kind: "permanent" },
  { from: 408, to: 408, kind: "transient" },
  // 410: the endpoint asks not to be called again
  { from: 410, to: 410, kind: "permanent", gone: true },
  { from: 425, to: 425, kind: "transient" },
  { from: 429, to: 429, kind: "transient" },
  { from: 400, to: 499, kind: "permanent" },
  { from: 500, to: 599, kind: "transient" },
];

/** Undefined for a status that HTTP does not know. */
export function ruleOfStatus(
  statusCode: number,
): { kind: "taken" | "transient" | "permanent"; gone: boolean } | undefined {
  if (statusCode >= 200 && statusCode < 300) return { kind: "taken", gone: false };
  const rule = statusRules.find(({ from, to }) => statusCode >= from && statusCode <= to);
  return rule === undefined ? undefined : { kind: rule.kind, gone: rule.gone === true };
}

/** Refusals of the guarded client that no retry cures, and their code; every other one is transient under its own code. */
const permanentRefusals: Readonly<Record<string, string>> = {
  private_address: "address_refused",
  bad_url: "address_invalid",
  bad_request: "address_invalid",
};

export function ruleOfRefusal(code: string): { kind: "transient" | "permanent"; code: string } {
  const permanent = permanentRefusals[code];
  return permanent === undefined ? { kind: "transient", code } : { kind: "permanent", code: permanent };
}
