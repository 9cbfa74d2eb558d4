/*
 * W3C Trace Context (https://www.w3.org/TR/trace-context/) as it travels through rows and queues: one text, which is a
 * `traceparent`, and after a space its `tracestate` where there is one.
 *
 *   00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 vendor=value
 */

/** `version-trace id-parent id-flags`, in lower-case hex. */
const traceparentLength = 55;
const traceparentForm = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** What has to be passed on at least, by §3.3.1.5; more is cut as that section says. */
const stateLengthMax = 512;
const membersMax = 32;
const longMemberLength = 128;
const memberForm =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** The text of a caller's headers; undefined where they carry no valid context, which is no error but a trace that begins here. */
export function traceOfHeaders(traceparent: unknown, tracestate: unknown): string | undefined {
  if (typeof traceparent !== "string") return undefined;
  const match = traceparentForm.exec(traceparent);
  if (match === null) return undefined;
  const [, version, traceId = "", parentId = "", flags = "", more] = match;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  // Of flags, only `sampled` is known to this version of the format.
  const sampled = (Number.parseInt(flags, 16) & 1) === 1;
  return traceText(traceId, parentId, sampled, typeof tracestate === "string" ? stateOfHeader(tracestate) : "");
}

export function traceText(traceId: string, spanId: string, sampled: boolean, state: string): string {
  const parent = `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
  return state === "" ? parent : `${parent} ${state}`;
}

/** The `traceparent` alone, as headers and queue items carry it. */
export function traceparentOf(trace: string): string {
  return trace.length === traceparentLength ? trace : trace.slice(0, traceparentLength);
}

/** Empty where there is none. */
export function tracestateOf(trace: string): string {
  return trace.length === traceparentLength ? "" : trace.slice(traceparentLength + 1);
}

export function traceIdOf(trace: string): string {
  return trace.slice(3, 35);
}

export function spanIdOf(trace: string): string {
  return trace.slice(36, 52);
}

export function isSampled(trace: string): boolean {
  return trace.charCodeAt(traceparentLength - 1) === 0x31;
}

/**
 * What a queue's item says, else what the event's row says. An item has no `tracestate`: where both are of one trace, the
 * row's goes with it. What an item carries came over a wire, so it is parsed.
 */
export function carriedTrace(item: string | undefined, row: string | null): string | null {
  if (item === undefined) return row;
  const state = row !== null && traceIdOf(row) === traceIdOf(item) ? tracestateOf(row) : undefined;
  return traceOfHeaders(item, state) ?? row;
}

/** Members that cannot be passed on whole are left out: long ones first, then the last ones. An invalid list is none. */
function stateOfHeader(header: string): string {
  let members = header.split(",").flatMap((member) => {
    const trimmed = member.replace(/^[ \t]+|[ \t]+$/g, "");
    return trimmed === "" ? [] : [trimmed];
  });
  if (members.length > membersMax || !members.every((member) => memberForm.test(member))) return "";
  const length = (): number => members.reduce((sum, member) => sum + member.length + 1, -1);
  if (length() > stateLengthMax) members = members.filter((member) => member.length <= longMemberLength);
  while (length() > stateLengthMax) members.pop();
  return members.join(",");
}
