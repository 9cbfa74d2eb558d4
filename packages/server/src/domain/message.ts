import type { Channel, Lane } from "@tidings/contract/words";

/** What a message is counted under; it never changes, so who has the message need not read it again. */
export interface MessageLabels {
  environmentId: number;
  channel: Channel;
  lane: Lane;
  category: string;
  tenant: string;
  /** Empty for a direct message. */
  workflow: string;
  /** Event of a campaign, where it is counted for one. */
  campaign?: string | undefined;
}

/** What messages of one step of one version of a workflow share. One object for all of them: it crosses threads once a call. */
export interface MessageOrigin extends MessageLabels {
  workflowVersion: number;
  /** Empty for a direct message. */
  step: string;
  template: string;
  templateVersion: number;
}
