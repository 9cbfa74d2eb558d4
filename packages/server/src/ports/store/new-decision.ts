export interface NewDecision {
  environmentId: number;
  eventId: string;
  runId: string;
  recipient: string;
  workflow: string;
  workflowVersion: number;
  step: string;
  channel: string;
  outcome: string;
  reason: string;
  /** What decided: a place in the order of precedence (domain/policy); empty where it was no policy. */
  rule: string;
  /** JSON of the versions of category and policy that it was made by; empty where neither had a say. */
  versions: string;
  detail: string;
  /** Left out where there is none. */
  category?: string;
  at: number;
}
