import { isIP } from "node:net";
import { SaxesParser } from "saxes";
import { z } from "zod";
import { type DmarcReport, type DmarcSource, dispositions, summed } from "../../domain/inbound-mail/dmarc-report.ts";
import { eventLoopTurn } from "../../lib/event-loop-turn.ts";

/** Elements deep in a report, rows of it, and characters of a value: a real one is five deep. */
const depthMax = 12;
const valueLengthMax = 500;
const rowsMax = 10_000;
/** Characters that are read in one go: a report of 10,000 rows takes a second, and nobody else is to wait for it. */
const pieceLength = 64 * 1024;
const countMax = 2 ** 40;

const name = z.string().min(1).max(255);
const rowSchema = z.object({
  ip: z.string().refine((text) => isIP(text) !== 0 && !text.includes("%")),
  count: z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number)
    .pipe(z.int().min(0).max(countMax)),
  disposition: z.enum(dispositions).catch("none"),
  dkim: z.string(),
  spf: z.string(),
});
const headSchema = z.object({
  organization: name,
  reportId: name,
  domain: z
    .string()
    .toLowerCase()
    .regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/)
    .max(253),
  begin: z
    .string()
    .regex(/^\d{1,11}$/)
    .transform(Number),
});

const metadata = "feedback/report_metadata";
const row = "feedback/record/row";

/**
 * Reads an aggregate report (RFC 7489 appendix C, and RFC 9990 with its namespace). No document type is taken, so that no entity is
 * defined in it; whatever else is too much ends the reading. Undefined where it is none.
 */
export async function readDmarcXml(text: string): Promise<DmarcReport | undefined> {
  const values = new Map<string, string>();
  const sources: DmarcSource[] = [];
  const path: string[] = [];
  let value = "";
  const parser = new SaxesParser();
  const refuse = (): never => {
    throw new Error("not a report");
  };
  parser.on("doctype", refuse);
  parser.on("error", refuse);
  parser.on("opentag", ({ name: tag }) => {
    if (path.length >= depthMax) refuse();
    path.push(tag.replace(/^.*:/, ""));
    value = "";
  });
  const add = (piece: string): void => {
    if (value.length < valueLengthMax) value += piece.slice(0, valueLengthMax);
  };
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", () => {
    const at = path.join("/");
    if (at === row) sources.push(sourceOf(values) ?? refuse());
    if (sources.length > rowsMax) refuse();
    if (at.startsWith(row) || at.startsWith(metadata) || at === "feedback/policy_published/domain")
      values.set(at, value.trim());
    path.pop();
    value = "";
  });
  try {
    for (let from = 0; from < text.length; from += pieceLength) {
      parser.write(text.slice(from, from + pieceLength));
      await eventLoopTurn();
    }
    parser.close();
  } catch {
    return undefined;
  }
  return reportOf(values, sources);
}

function sourceOf(values: Map<string, string>): DmarcSource | undefined {
  const evaluated = `${row}/policy_evaluated`;
  const read = rowSchema.safeParse({
    ip: values.get(`${row}/source_ip`),
    count: values.get(`${row}/count`),
    disposition: values.get(`${evaluated}/disposition`),
    dkim: values.get(`${evaluated}/dkim`) ?? "",
    spf: values.get(`${evaluated}/spf`) ?? "",
  });
  for (const key of values.keys()) if (key.startsWith(row)) values.delete(key);
  if (!read.success) return undefined;
  const { ip, count, disposition, dkim, spf } = read.data;
  return { sourceIp: ip, disposition, dkimAligned: dkim === "pass", spfAligned: spf === "pass", messages: count };
}

function reportOf(values: ReadonlyMap<string, string>, sources: readonly DmarcSource[]): DmarcReport | undefined {
  const read = headSchema.safeParse({
    organization: values.get(`${metadata}/org_name`),
    reportId: values.get(`${metadata}/report_id`),
    domain: values.get("feedback/policy_published/domain"),
    begin: values.get(`${metadata}/date_range/begin`),
  });
  if (!read.success || sources.length === 0) return undefined;
  const { begin, ...head } = read.data;
  return { ...head, day: Math.floor(begin / 86_400), sources: summed(sources) };
}
