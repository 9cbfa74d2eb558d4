import { isId } from "../../sql/is-id.ts";
import type { Call } from "../context.ts";
import { messageRows } from "./message-rows.ts";

export const getMessage: Call<"getMessage"> = async ({ sql }, { environmentId, id }) => {
  if (!isId(id)) return undefined;
  const rows = await sql.all("select * from message where environment_id = $1 and id = $2", environmentId, id);
  return (await messageRows(sql, rows))[0];
};
