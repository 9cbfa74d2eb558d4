const hourMs = 3_600_000;

/**
 * What of a topic's settings would lose records that were acknowledged, each with what to set.
 * https://kafka.apache.org/documentation/#topicconfigs
 */
export function refusedTopicSettings(values: ReadonlyMap<string, string>, copies: number): string[] {
  const faults: string[] = [];
  const policy = values.get("cleanup.policy") ?? "delete";
  if (policy !== "delete") faults.push(`cleanup.policy is ${policy}; set it to delete`);
  if (values.get("unclean.leader.election.enable") === "true")
    faults.push("unclean.leader.election.enable is true; set it to false");
  const retentionMs = Number(values.get("retention.ms") ?? -1);
  if (retentionMs >= 0 && retentionMs < hourMs)
    faults.push(`retention.ms is ${retentionMs}; set it to ${hourMs} or more`);
  const retentionBytes = Number(values.get("retention.bytes") ?? -1);
  if (retentionBytes >= 0) faults.push(`retention.bytes is ${retentionBytes}; set it to -1`);
  const inSync = Number(values.get("min.insync.replicas") ?? 1);
  if (copies > 1 && inSync < 2)
    faults.push(`min.insync.replicas is ${inSync} with ${copies} copies; set it to 2 or more`);
  return faults;
}
