import type { IntegrationBody } from "@tidings/contract/integrations";
import type { Finding } from "@tidings/contract/readiness";
import type { Channel, Lane } from "@tidings/contract/words";
import type { WorkerRead } from "@tidings/contract/workers";
import type { ProbeStand } from "../probe.ts";

/** What is known of an integration without asking anybody. */
export interface IntegrationFacts {
  key: string;
  document: IntegrationBody;
  /** What delivers: a vendor, this installation itself (an inbox, calls to endpoints), or nobody (sandbox, simulator). */
  behind: "vendor" | "ourselves" | "nobody";
  /** Its provider could be made of its settings. */
  isUsable: boolean;
  /** The vendor has addresses of a kind of its own, which no other vendor serves. */
  isAlone: boolean;
  /** The vendor calls us to tell what becomes of messages. */
  reports: boolean;
  /** Domain that mail of a lane is from, in lower case; undefined where that is not known. */
  domainOf: (lane: Lane) => string | undefined;
  /** Its marketing is paused for a reason, which may be empty; undefined where it is not. */
  marketingPaused: string | undefined;
  /** How it stood last; undefined where nobody knows. */
  stand: ProbeStand | undefined;
  /** When it was known to work last, ms; undefined where that never was. */
  goodAt: number | undefined;
}

/** A channel that a workflow in force sends by, in the lane of its category. */
export interface ChannelUse {
  channel: Channel;
  lane: Lane;
}

export interface ReadinessFacts {
  now: number;
  /** All of the environment, by key; disabled ones too. */
  integrations: readonly IntegrationFacts[];
  uses: readonly ChannelUse[];
  /** What processes read from elsewhere for the environment. */
  reads: readonly WorkerRead[];
  /** Where the outside reaches the server; undefined where nobody said. */
  publicUrl: string | undefined;
}

/** What is wrong by one rule. Pure. */
export type Rule = (facts: ReadinessFacts) => Finding[];

/** Those in use behind which somebody delivers. */
export function inUse({ integrations }: ReadinessFacts): IntegrationFacts[] {
  return integrations.filter(({ document, behind }) => document.enabled !== false && behind !== "nobody");
}
