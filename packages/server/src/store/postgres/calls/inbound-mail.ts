import { sourcesWithin } from "../../../domain/inbound-mail/dmarc-report.ts";
import type { InboundMailStore } from "../../../ports/store/inbound-mail.ts";
import { integer } from "../../sql/columns.ts";
import { dmarcSourceRow, unreadableMailRow } from "../../sql/rows/inbound-mail.ts";
import type { Call, PostgresCalls } from "../context.ts";

const keepUnreadableMail: Call<"keepUnreadableMail"> = async ({ sql }, { environmentId, keptMax, ...mail }) => {
  await sql.run(
    `insert into unreadable_mail (environment_id, id, at, way, reason, bytes, message_id) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing`,
    environmentId,
    mail.id,
    mail.at,
    mail.way,
    mail.reason,
    mail.bytes,
    mail.messageId,
  );
  await sql.run(
    `delete from unreadable_mail where environment_id = $1 and id in
       (select id from unreadable_mail where environment_id = $1 order by id desc offset $2)`,
    environmentId,
    keptMax,
  );
};

const listUnreadableMails: Call<"listUnreadableMails"> = async ({ sql }, { environmentId, limit }) => {
  const rows = await sql.all(
    "select * from unreadable_mail where environment_id = $1 order by id desc limit $2",
    environmentId,
    limit,
  );
  return rows.map(unreadableMailRow);
};

/** Rows in one order: two reports about the same day wait for each other, and do not deadlock. */
const addedSql = `insert into dmarc_source as s
    (environment_id, day, domain, source_ip, disposition, dkim_aligned, spf_aligned, messages)
  select $1, $2, $3, r.source_ip, r.disposition, r.dkim_aligned, r.spf_aligned, r.messages
    from json_to_recordset($4::json)
      as r (source_ip text, disposition text, dkim_aligned smallint, spf_aligned smallint, messages bigint)
    order by r.source_ip collate "C", r.disposition collate "C", r.dkim_aligned, r.spf_aligned
  on conflict (environment_id, day, domain, source_ip, disposition, dkim_aligned, spf_aligned)
    do update set messages = s.messages + excluded.messages`;

/** Waits for whoever has just come with the same report. */
const addDmarcReport: Call<"addDmarcReport"> = async ({ sql }, report) => {
  const { environmentId, reportHash, day, domain, sources, sourcesMax } = report;
  const added = await sql.run(
    "insert into dmarc_report (environment_id, report_hash, day) values ($1, $2, $3) on conflict do nothing",
    environmentId,
    reportHash,
    day,
  );
  if (added === 0) return false;
  const known = await sql.get(
    "select count(*)::integer as known from dmarc_source where environment_id = $1 and day = $2 and domain = $3",
    environmentId,
    day,
    domain,
  );
  const room = sourcesMax - (known === undefined ? 0 : integer(known, "known"));
  const rows = sourcesWithin(sources, room).map((source) => ({
    source_ip: source.sourceIp,
    disposition: source.disposition,
    dkim_aligned: Number(source.dkimAligned),
    spf_aligned: Number(source.spfAligned),
    messages: source.messages,
  }));
  await sql.run(addedSql, environmentId, day, domain, JSON.stringify(rows));
  return true;
};

const listDmarcSources: Call<"listDmarcSources"> = async (
  { sql },
  { environmentId, domain, fromDay, after, limit },
) => {
  const rows = await sql.all(
    `select * from dmarc_source where environment_id = $1 and day >= $2 and ($3::text is null or domain = $3)
       and (day, domain, source_ip, disposition, dkim_aligned, spf_aligned)
         > ($4::integer, $5::text, $6::text, $7::text, $8::smallint, $9::smallint)
     order by day, domain, source_ip, disposition, dkim_aligned, spf_aligned limit $10`,
    environmentId,
    fromDay,
    domain ?? null,
    after?.day ?? -1,
    after?.domain ?? "",
    after?.sourceIp ?? "",
    after?.disposition ?? "",
    Number(after?.dkimAligned ?? 0),
    Number(after?.spfAligned ?? 0),
    limit,
  );
  return rows.map(dmarcSourceRow);
};

const purgeDmarcReports: Call<"purgeDmarcReports"> = async ({ sql }, { beforeDay, limit }) => {
  const sources = await sql.run(
    "delete from dmarc_source where ctid in (select ctid from dmarc_source where day < $1 limit $2)",
    beforeDay,
    limit,
  );
  const reports = await sql.run(
    "delete from dmarc_report where ctid in (select ctid from dmarc_report where day < $1 limit $2)",
    beforeDay,
    limit,
  );
  return Math.max(sources, reports);
};

/** What inbound mail asks of the store. */
export const inboundMailCalls: Pick<PostgresCalls, keyof InboundMailStore> = {
  keepUnreadableMail,
  listUnreadableMails,
  addDmarcReport,
  listDmarcSources,
  purgeDmarcReports,
};
