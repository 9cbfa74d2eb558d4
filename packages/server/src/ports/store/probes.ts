import type { ProbeRecord } from "../../domain/probe.ts";

/** What is known of an integration. */
export interface ProbeRow extends ProbeRecord {
  environmentId: number;
  integration: string;
}

/** A probe that has ended. */
export interface ProbeEnd {
  environmentId: number;
  integration: string;
  /** Of the integration that was asked. */
  version: number;
  status: NonNullable<ProbeRecord["status"]>;
  code: string;
  detail: string;
  at: number;
}

export interface ProbeStore {
  /** Keeps it, unless a later one is there already; gives what is known then. */
  recordProbe(input: ProbeEnd): Promise<ProbeRow>;
  /** Of one environment, or of all. */
  listProbes(input: { environmentId?: number }): Promise<ProbeRow[]>;
  /** Integrations by which something was sent in the minutes since 1970 from `fromMinute` to before `toMinute` worked then. */
  noteAccepted(input: { fromMinute: number; toMinute: number }): Promise<void>;
}
