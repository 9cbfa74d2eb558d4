import { type Channel, channelSchema, channels, type Lane, laneSchema, lanes } from "@tidings/contract/words";
import type { Topic } from "./queue.ts";

/** A topic's parts; a channel is there for delivery alone. */
export type TopicPlace =
  | { stage: "events" | "runs"; channel: undefined; lane: Lane }
  | { stage: "delivery"; channel: Channel; lane: Lane };

export function placeOfTopic(topic: Topic): TopicPlace {
  const [stage, second, third] = topic.split(".");
  if (stage === "delivery") return { stage, channel: channelSchema.parse(second), lane: laneSchema.parse(third) };
  return { stage: stage === "runs" ? "runs" : "events", channel: undefined, lane: laneSchema.parse(second) };
}

/** All topics, the more urgent lanes first. */
export const allTopics: readonly Topic[] = lanes.flatMap((lane): Topic[] => [
  `events.${lane}`,
  `runs.${lane}`,
  ...channels.map((channel): Topic => `delivery.${channel}.${lane}`),
]);
