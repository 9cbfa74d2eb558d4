import type { AttentionState } from "../../../ports/store/dry-run.ts";
import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { claimedOf } from "../../sql/attention.ts";
import { channelCode, laneCode } from "../../sql/codes.ts";
import { integer, text } from "../../sql/columns.ts";
import { covers } from "../../sql/suppressions.ts";
import { passedOf } from "../../sql/throttle-fold.ts";
import { attentionWanted, claimsApart, weighedTurn } from "../../sql/weighed-turn.ts";
import type { Read } from "../context.ts";
import type { Session } from "../session.ts";

const inHashes = "environment_id = $1 and hash = any($2::text[])";
const dedupeSql = `select hash, run_id, expires_at from dedupe where ${inHashes}`;
const throttleSql = `select hash, passed from throttle where ${inHashes}`;
const attentionSql =
  "select recipient, entries from attention where environment_id = $1 and recipient = any($2::text[])";
/** Which integration a message would go by is not known: what is suppressed for one sender is not seen. */
const suppressedSql = `select r.id from json_to_recordset($1)
    as r (id text, environment_id int, channel smallint, address text, lane smallint, category text)
  where exists (select 1 from suppression s where ${covers({
    environment: "r.environment_id",
    channel: "r.channel",
    address: "r.address",
    sender: "''",
    lane: "r.lane",
    category: "r.category",
    confirmsStop: "null",
  })})`;

export const weighTurn: Read<"weighTurn"> = async ({ sql }, turn) => {
  const { environmentId } = turn;
  if (turn.held !== undefined)
    return weighedTurn(turn, {
      ...claimsApart(turn, turn.held),
      suppressed: await suppressedOf(sql, turn.messages),
    });
  const hashesOf = (claims: readonly { hash: string }[]) => claims.map(({ hash }) => hash);
  const found = async (statement: string, hashes: readonly string[]) =>
    hashes.length === 0 ? [] : sql.all(statement, environmentId, hashes);
  const [dedupe, throttles, attention, suppressed] = await Promise.all([
    found(dedupeSql, hashesOf(turn.dedupe)),
    found(throttleSql, hashesOf(turn.throttles)),
    attentionOf(sql, environmentId, attentionWanted(turn.messages, turn.attention)),
    suppressedOf(sql, turn.messages),
  ]);
  return weighedTurn(turn, {
    dedupe: new Map(
      dedupe.map((row) => [text(row, "hash"), { runId: text(row, "run_id"), expiresAt: integer(row, "expires_at") }]),
    ),
    throttles: new Map(throttles.map((row) => [text(row, "hash"), passedOf(text(row, "passed"))])),
    attention: [...turn.attention, ...attention],
    suppressed,
  });
};

async function attentionOf(
  sql: Session,
  environmentId: number,
  messages: readonly NewMessage[],
): Promise<AttentionState[]> {
  const recipients = claimedOf(messages).map(({ recipient }) => recipient);
  if (recipients.length === 0) return [];
  const rows = await sql.all(attentionSql, environmentId, recipients);
  const entries = new Map(rows.map((row) => [text(row, "recipient"), text(row, "entries")]));
  return recipients.map((recipient) => ({ environmentId, recipient, entries: entries.get(recipient) ?? "" }));
}

async function suppressedOf(sql: Session, messages: readonly NewMessage[]): Promise<string[]> {
  if (messages.length === 0) return [];
  const rows = messages.map(({ id, origin, addressHash }) => ({
    id,
    environment_id: origin.environmentId,
    channel: channelCode[origin.channel],
    address: addressHash,
    lane: laneCode[origin.lane],
    category: origin.category,
  }));
  return (await sql.all(suppressedSql, JSON.stringify(rows))).map((row) => text(row, "id"));
}
