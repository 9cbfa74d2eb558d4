import type { MailSender } from "@tidings/contract/readiness";
import type { ReadinessFacts } from "../domain/readiness/facts.ts";
import type { ProbeRow } from "../ports/store/probes.ts";

/** How integrations stand, in this process's configuration. */
export interface StandingPort {
  /** Asks its vendor now, and keeps what came of it; undefined where there is no such integration. */
  probe(environmentId: number, integration: string): Promise<ProbeRow | undefined>;
  /** What findings are made of. */
  facts(environmentId: number): Promise<ReadinessFacts>;
  mailSenders(environmentId: number): MailSender[];
}
