import { lowestIdAt, recentColumns, recentOfRows } from "../../sql/rows/recent-message.ts";
import type { Call } from "../context.ts";

const recentSql = `select ${recentColumns} from message indexed by message_recalled
  where recalled = 1 and environment_id = ? and recipient = ? and id >= ? order by id desc limit ?`;

export const recentMessages: Call<"recentMessages"> = ({ database }, { recipients, since, perRecipientMax }) => {
  const lowest = lowestIdAt(since);
  return recipients.map(({ environmentId, id }) =>
    recentOfRows(database.all(recentSql, environmentId, id, lowest, perRecipientMax + 1), since, perRecipientMax),
  );
};
