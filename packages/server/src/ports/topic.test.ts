import { channels, lanes } from "@tidings/contract/words";
import { describe, expect, test } from "vitest";
import { allTopics, placeOfTopic } from "./topic.ts";

describe("topics", () => {
  test("are one for each lane and stage, and for delivery for each channel, the more urgent lanes first", () => {
    expect(new Set(allTopics).size).toBe(allTopics.length);
    expect(allTopics).toHaveLength(lanes.length * (2 + channels.length));
    const places = allTopics.map((topic) => lanes.indexOf(placeOfTopic(topic).lane));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test("are named by their parts, which can be told from the name", () => {
    for (const topic of allTopics) {
      const { stage, channel, lane } = placeOfTopic(topic);
      expect(channel === undefined ? `${stage}.${lane}` : `${stage}.${channel}.${lane}`).toBe(topic);
      expect(stage === "delivery").toBe(channel !== undefined);
    }
    expect(placeOfTopic("delivery.in_app.marketing")).toEqual({
      stage: "delivery",
      channel: "in_app",
      lane: "marketing",
    });
    expect(placeOfTopic("runs.critical")).toEqual({ stage: "runs", channel: undefined, lane: "critical" });
  });
});
