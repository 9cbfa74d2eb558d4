import { type DeliveryKind, failureKind } from "./failure-kind.ts";
import { type FieldGroup, fieldGroups, typedValue } from "./field-groups.ts";

export interface DeliveryFinding {
  /** Undefined for what is no end: `expanded`, and `delayed`, as its server goes on trying (RFC 3464 §2.3.3). */
  kind: DeliveryKind | undefined;
  /** Enhanced status code (RFC 3463) or reply code; empty where there is none. */
  code: string;
}

/** The mildest first. */
const severity: readonly DeliveryKind[] = ["delivered", "soft_bounced", "failed", "bounced"];

/**
 * Reads a message/delivery-status, or message/global-delivery-status (RFC 3464; RFC 6533 §3 for addresses that are not ASCII);
 * undefined where it is none. A message has one recipient: where its address led to several mailboxes, the mildest end counts, as
 * an address is no good only where none of them is, and nothing is said while one is still tried. Addresses in it are not looked at: they are not signed.
 */
export function readDeliveryReport(text: string): DeliveryFinding | undefined {
  const recipients = fieldGroups(text).filter((group) => group.has("action"));
  const findings = recipients.map(findingOf);
  const delivered = findings.find(({ kind }) => kind === "delivered");
  if (delivered === undefined && recipients.some((group) => actionOf(group) === "delayed"))
    return { kind: undefined, code: "" };
  const told = findings.filter(({ kind }) => kind !== undefined);
  for (const kind of severity) {
    const found = told.find((finding) => finding.kind === kind);
    if (found !== undefined) return found;
  }
  return findings[0];
}

function findingOf(group: FieldGroup): DeliveryFinding {
  const status = group.get("status") ?? "";
  const diagnostic = typedValue(group.get("diagnostic-code") ?? "");
  const { kind, code } = failureKind(status, diagnostic);
  switch (actionOf(group)) {
    case "failed":
      return { kind, code };
    case "delivered":
    case "relayed":
      return { kind: "delivered", code: "" };
    default:
      return { kind: undefined, code };
  }
}

/** Without what may stand behind it in brackets. */
function actionOf(group: FieldGroup): string {
  const [action = ""] = (group.get("action") ?? "").toLowerCase().split(/[^a-z-]/);
  return action;
}
