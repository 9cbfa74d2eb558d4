import type { Act } from "./acts/act.ts";
import type { Client } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import type { FarSide } from "./far-side.ts";
import type { Ledger } from "./ledger.ts";
import type { Offers } from "./offers.ts";
import type { SimulatedPerson } from "./people.ts";
import type { Reporter } from "./reporter.ts";
import type { World } from "./world.ts";

/** Everything that lives in one seed's world. */
export interface Cast {
  world: World;
  ledger: Ledger;
  offers: Offers;
  reporter: Reporter;
  farSide: FarSide;
  endpoint: Endpoint;
  client: Client;
  people: readonly SimulatedPerson[];
  act: Act | undefined;
  /** Places in the log at which a cancellation was asked for and answered, by the event's `ref`. */
  canceled: Map<string, { asked: number; answered: number }>;
}
