import type { DeadLetter } from "../../sql/dead-letter.ts";
import type { Session } from "../session.ts";

export async function insertDeadLetter(sql: Session, letter: DeadLetter): Promise<void> {
  await sql.run(
    `insert into dead_letter (environment_id, at, id, kind, channel, reason, detail) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (environment_id, id) do update set at = excluded.at, kind = excluded.kind, channel = excluded.channel,
       reason = excluded.reason, detail = excluded.detail`,
    letter.environmentId,
    letter.at,
    letter.id,
    letter.kind,
    letter.channel,
    letter.reason,
    letter.detail,
  );
}
