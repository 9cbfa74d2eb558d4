import { type ConnectionSettings, connect } from "../connection.ts";
import { Session } from "../session.ts";
import { examineIdentity, ForeignDatabase } from "./examine.ts";
import type { Identity } from "./identity.ts";

/**
 * Rejects where one of these servers has another database: a start is the moment for that. One that is no standby now, or
 * is not there, is passed over: after a failover a process must start with the settings that it had before.
 */
export async function refuseForeign(own: Identity, servers: readonly ConnectionSettings[]): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      try {
        const examine: ConnectionSettings["examine"] = (client, place) =>
          examineIdentity(own, new Session(client), place);
        const client = await connect({ ...server, examine }, () => {});
        await client.end();
      } catch (error) {
        if (error instanceof ForeignDatabase) throw error;
      }
    }),
  );
}
