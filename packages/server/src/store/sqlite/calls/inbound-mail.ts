import { sourcesWithin } from "../../../domain/inbound-mail/dmarc-report.ts";
import type { InboundMailStore } from "../../../ports/store/inbound-mail.ts";
import { integer } from "../../sql/columns.ts";
import { dmarcSourceRow, unreadableMailRow } from "../../sql/rows/inbound-mail.ts";
import type { Call, SqliteCalls } from "../context.ts";

const keepUnreadableMail: Call<"keepUnreadableMail"> = ({ database }, { environmentId, keptMax, ...mail }) => {
  database.run(
    `insert into unreadable_mail (environment_id, id, at, way, reason, bytes, message_id) values (?, ?, ?, ?, ?, ?, ?)
     on conflict do nothing`,
    environmentId,
    mail.id,
    mail.at,
    mail.way,
    mail.reason,
    mail.bytes,
    mail.messageId,
  );
  database.run(
    `delete from unreadable_mail where environment_id = ?1 and id in
       (select id from unreadable_mail where environment_id = ?1 order by id desc limit -1 offset ?2)`,
    environmentId,
    keptMax,
  );
};

const listUnreadableMails: Call<"listUnreadableMails"> = ({ database }, { environmentId, limit }) =>
  database
    .all("select * from unreadable_mail where environment_id = ? order by id desc limit ?", environmentId, limit)
    .map(unreadableMailRow);

const addDmarcReport: Call<"addDmarcReport"> = ({ database }, report) => {
  const { environmentId, reportHash, day, domain, sources, sourcesMax } = report;
  const added = database.run(
    "insert into dmarc_report (environment_id, report_hash, day) values (?, ?, ?) on conflict do nothing",
    environmentId,
    reportHash,
    day,
  );
  if (added === 0) return false;
  const known = database.get(
    "select count(*) as known from dmarc_source where environment_id = ? and day = ? and domain = ?",
    environmentId,
    day,
    domain,
  );
  const room = sourcesMax - (known === undefined ? 0 : integer(known, "known"));
  for (const { sourceIp, disposition, dkimAligned, spfAligned, messages } of sourcesWithin(sources, room))
    database.run(
      `insert into dmarc_source (environment_id, day, domain, source_ip, disposition, dkim_aligned, spf_aligned, messages)
       values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do update set messages = messages + excluded.messages`,
      environmentId,
      day,
      domain,
      sourceIp,
      disposition,
      Number(dkimAligned),
      Number(spfAligned),
      messages,
    );
  return true;
};

const listDmarcSources: Call<"listDmarcSources"> = ({ database }, { environmentId, domain, fromDay, after, limit }) =>
  database
    .all(
      `select * from dmarc_source where environment_id = ?1 and day >= ?2 and (?3 is null or domain = ?3)
         and (day, domain, source_ip, disposition, dkim_aligned, spf_aligned) > (?4, ?5, ?6, ?7, ?8, ?9)
       order by day, domain, source_ip, disposition, dkim_aligned, spf_aligned limit ?10`,
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
    )
    .map(dmarcSourceRow);

const purgeDmarcReports: Call<"purgeDmarcReports"> = ({ database }, { beforeDay, limit }) => {
  const sources = database.run(
    `delete from dmarc_source where (environment_id, day, domain, source_ip, disposition, dkim_aligned, spf_aligned) in
       (select environment_id, day, domain, source_ip, disposition, dkim_aligned, spf_aligned from dmarc_source where day < ? limit ?)`,
    beforeDay,
    limit,
  );
  const reports = database.run(
    `delete from dmarc_report where (environment_id, report_hash) in
       (select environment_id, report_hash from dmarc_report where day < ? limit ?)`,
    beforeDay,
    limit,
  );
  return Math.max(sources, reports);
};

/** What inbound mail asks of the store. */
export const inboundMailCalls: Pick<SqliteCalls, keyof InboundMailStore> = {
  keepUnreadableMail,
  listUnreadableMails,
  addDmarcReport,
  listDmarcSources,
  purgeDmarcReports,
};
