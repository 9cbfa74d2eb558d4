import type { ConnectionSettings } from "./connection.ts";
import type { Session } from "./session.ts";

export interface PoolSettings extends ConnectionSettings {
  connectionsMax: number;
  /** Calls that wait for a connection; further ones are refused. */
  waitingMax: number;
  /** A call that has waited so long for a connection is refused, ms. */
  waitMaxMs: number;
  /** Whether who waits is refused at once where no connection can be made, as there is another server to ask. */
  impatient?: boolean;
}

export interface Lent {
  session: Session;
  /** Gives the connection back; `broken` where its state is not known. */
  release(broken: boolean): void;
}
