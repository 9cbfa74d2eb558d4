import { z } from "zod";
import type { OutboundResponse, Outcome, ProbeResult } from "../../ports/provider.ts";
import { accountStatuses, type CodeTable, parsedJson, vendorFailure } from "../vendor-outcome.ts";

/**
 * What any service may answer (docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html), beside its own codes. A key that
 * is gone, a clock that is off or an account that is shut lets nothing out.
 */
export const commonCodes: CodeTable = {
  ...accountStatuses,
  AccessDenied: { kind: "transient", scope: "integration" },
  AccessDeniedException: { kind: "transient", scope: "integration" },
  ExpiredTokenException: { kind: "transient", scope: "integration" },
  ExpiredToken: { kind: "transient", scope: "integration" },
  IncompleteSignature: { kind: "transient", scope: "integration" },
  InvalidClientTokenId: { kind: "transient", scope: "integration" },
  InvalidSignatureException: { kind: "transient", scope: "integration" },
  MissingAuthenticationToken: { kind: "transient", scope: "integration" },
  NotAuthorized: { kind: "transient", scope: "integration" },
  OptInRequired: { kind: "transient", scope: "integration" },
  RequestExpired: { kind: "transient", scope: "integration" },
  SignatureDoesNotMatch: { kind: "transient", scope: "integration" },
  UnrecognizedClientException: { kind: "transient", scope: "integration" },
  // AWS names no time to wait: its own clients begin with less than a second
  Throttling: { kind: "transient", scope: "integration", minimumMs: 1000 },
  ThrottlingException: { kind: "transient", scope: "integration", minimumMs: 1000 },
  ValidationError: { kind: "permanent" },
  ValidationException: { kind: "permanent" },
};

/** One code with two meanings, told apart by the text beside it. The text itself goes nowhere. */
export interface ToldApart {
  code: string;
  says: RegExp;
  name: string;
}

const codePattern = /^[A-Za-z][\w.]{0,99}$/;
const jsonSchema = z.object({
  __type: z.string().optional().catch(undefined),
  code: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  Message: z.string().optional().catch(undefined),
});

/** The outcome of an answer that is no 2xx, by `table` and the codes that all services share; undefined for 2xx. */
export function awsFailure(
  response: OutboundResponse,
  nowMs: number,
  table: CodeTable,
  apart: readonly ToldApart[] = [],
): Outcome | undefined {
  return vendorFailure(response, nowMs, { ...commonCodes, ...table }, () => ({ code: codeOf(response, apart) }));
}

/**
 * REST services name the code in a header (`x-amzn-errortype: Name:http://…`) or the JSON's `__type`, those of the query
 * protocol in an element `Code`.
 */
function codeOf(response: OutboundResponse, apart: readonly ToldApart[]): string | undefined {
  if (response.status !== "response") return undefined;
  const { headers, body } = response;
  const json = jsonSchema.safeParse(parsedJson(body)).data;
  const header = headers["x-amzn-errortype"];
  const given =
    (typeof header === "string" ? header : undefined) ?? json?.__type ?? json?.code ?? elementOf(body, "Code");
  const code = given?.split(":")[0]?.split("#").at(-1) ?? "";
  if (!codePattern.test(code)) return undefined;
  const text = json?.message ?? json?.Message ?? elementOf(body, "Message") ?? "";
  return apart.find((row) => row.code === code && row.says.test(text))?.name ?? code;
}

/** Content of the first element of that name, as far as it holds no other. */
export function elementOf(body: Buffer, name: string): string | undefined {
  return new RegExp(`<${name}>([^<>]{1,2000})</${name}>`).exec(body.toString())?.[1];
}

/** What a look at the account came to. A key that may send but not look was known by AWS: that says little, and nothing bad. */
export function probed(response: OutboundResponse, nowMs: number, action: string): ProbeResult {
  const failure = awsFailure(response, nowMs, {});
  if (failure === undefined) return { status: "ok" };
  const code = "code" in failure ? failure.code : "unknown";
  if (/^(?:AccessDenied(?:Exception)?|AuthorizationError)$/.test(code))
    return { status: "unchecked", detail: `the key may not call ${action}` };
  return { status: "failed", code, detail: `${action} was refused, or did not get through` };
}
