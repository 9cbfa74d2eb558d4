import { integer, text } from "../../sql/columns.ts";
import { passedOf } from "../../sql/throttle-fold.ts";
import { attentionWanted, claimsApart, weighedTurn } from "../../sql/weighed-turn.ts";
import type { Call } from "../context.ts";
import { readRows } from "./claim-attention.ts";
import { isCovered } from "./held-back.ts";

const inHashes = "environment_id = ? and hash in (select value from json_each(?))";
const dedupeSql = `select hash, run_id, expires_at from dedupe where ${inHashes}`;
const throttleSql = `select hash, passed from throttle where ${inHashes}`;
/** Which integration a message would go by is not known: what is suppressed for one sender is not seen. */
const noSender = { integration: "" };

export const weighTurn: Call<"weighTurn"> = ({ database }, turn) => {
  const { environmentId } = turn;
  const suppressed = turn.messages.filter((message) => isCovered({ database }, message, noSender)).map(({ id }) => id);
  if (turn.held !== undefined) return weighedTurn(turn, { ...claimsApart(turn, turn.held), suppressed });
  const found = (sql: string, claims: readonly { hash: string }[]) =>
    claims.length === 0 ? [] : database.all(sql, environmentId, JSON.stringify(claims.map(({ hash }) => hash)));
  const dedupe = found(dedupeSql, turn.dedupe).map(
    (row) => [text(row, "hash"), { runId: text(row, "run_id"), expiresAt: integer(row, "expires_at") }] as const,
  );
  const throttles = found(throttleSql, turn.throttles).map(
    (row) => [text(row, "hash"), passedOf(text(row, "passed"))] as const,
  );
  return weighedTurn(turn, {
    dedupe: new Map(dedupe),
    throttles: new Map(throttles),
    attention: [...turn.attention, ...readRows(database, attentionWanted(turn.messages, turn.attention))],
    suppressed,
  });
};
