import { type FieldGroup, fieldGroups, headersOfReported } from "./field-groups.ts";

export interface ComplaintReport {
  /** `Feedback-Type`, in lower case: abuse, fraud, virus, not-spam, auth-failure, other … */
  type: string;
  /** Where bounces of the reported mail go, by the report and by the mail itself: what of it is ours is signed. */
  returnPaths: readonly string[];
}

/** Reads an ARF report (RFC 5965) and the mail that it carries, or its headers; undefined where it is none. */
export function readFeedbackReport(report: string, reported: string | undefined): ComplaintReport | undefined {
  const fields = fieldGroups(report)[0];
  const type = fields?.get("feedback-type")?.toLowerCase();
  if (fields === undefined || type === undefined || type === "") return undefined;
  const headers = headersOfReported(reported ?? "");
  const paths = [pathOf(fields, "original-mail-from"), pathOf(headers, "return-path")];
  return { type, returnPaths: paths.filter((path) => path !== "") };
}

const pathOf = (fields: FieldGroup, name: string): string => (fields.get(name) ?? "").replaceAll(/[<>\s]/g, "");
