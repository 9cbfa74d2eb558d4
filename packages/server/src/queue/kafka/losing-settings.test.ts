import { describe, expect, test } from "vitest";
import { refusedTopicSettings } from "./losing-settings.ts";

const hourMs = 3_600_000;

/** A topic as the product makes it, in three copies. */
const safe = {
  "cleanup.policy": "delete",
  "retention.ms": String(7 * 24 * hourMs),
  "retention.bytes": "-1",
  "unclean.leader.election.enable": "false",
  "min.insync.replicas": "2",
};

const refused = (over: Readonly<Record<string, string>>, copies = 3): string[] =>
  refusedTopicSettings(new Map(Object.entries({ ...safe, ...over })), copies);

describe("a topic's settings", () => {
  test("that lose nothing are not refused", () => {
    expect(refused({})).toEqual([]);
    expect(refused({ "retention.ms": "-1" })).toEqual([]);
    expect(refused({ "retention.ms": String(hourMs) })).toEqual([]);
    expect(refused({ "min.insync.replicas": "3" })).toEqual([]);
  });

  test("that the broker does not tell are taken for its defaults", () => {
    expect(refusedTopicSettings(new Map(), 1)).toEqual([]);
    expect(refusedTopicSettings(new Map(), 2)).toEqual(["min.insync.replicas is 1 with 2 copies; set it to 2 or more"]);
  });

  test.each([
    ["cleanup.policy", "compact", "cleanup.policy is compact; set it to delete"],
    ["cleanup.policy", "compact,delete", "cleanup.policy is compact,delete; set it to delete"],
    ["unclean.leader.election.enable", "true", "unclean.leader.election.enable is true; set it to false"],
    ["retention.ms", "3599999", "retention.ms is 3599999; set it to 3600000 or more"],
    ["retention.ms", "0", "retention.ms is 0; set it to 3600000 or more"],
    ["retention.bytes", "1073741824", "retention.bytes is 1073741824; set it to -1"],
    ["retention.bytes", "0", "retention.bytes is 0; set it to -1"],
    ["min.insync.replicas", "1", "min.insync.replicas is 1 with 3 copies; set it to 2 or more"],
  ])("with %s of %s are refused with what to set", (name, value, fault) => {
    expect(refused({ [name]: value })).toEqual([fault]);
  });

  test("of a single copy need no second one in sync", () => {
    expect(refused({ "min.insync.replicas": "1" }, 1)).toEqual([]);
  });

  test("are refused all at once", () => {
    const faults = refused({ "cleanup.policy": "compact", "retention.ms": "1000", "min.insync.replicas": "1" });
    expect(faults.map((fault) => fault.split(" ")[0])).toEqual([
      "cleanup.policy",
      "retention.ms",
      "min.insync.replicas",
    ]);
  });
});
