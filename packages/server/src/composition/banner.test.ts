import { execFileSync } from "node:child_process";
import { eventBodySchema } from "@tidings/contract/events";
import { describe, expect, test } from "vitest";
import { type BannerFacts, bannerText, urlOf } from "./banner.ts";

const facts: BannerFacts = {
  version: "0.1.0",
  roles: ["api", "orchestrate", "deliver", "feedback"],
  url: "http://127.0.0.1:4400",
  apiKey: { status: "ready", key: "tdg_d_abc-_1", place: "/tmp/my data/api-key", warning: undefined },
  masterKeyPlace: "/tmp/my data/master.key",
  dataDir: "/tmp/my data",
  mailboxUrl: "http://127.0.0.1:4400/sandbox/development?token=1",
  warnings: [],
};

const curlLine = (text: string) => text.split("\n").find((line) => line.startsWith("curl ")) ?? "";

/** What a shell makes of the line's words. */
const words = (line: string, env: Record<string, string> = {}) =>
  execFileSync("sh", ["-c", `printf '%s\\n' ${line}`], {
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", ...env },
  })
    .trim()
    .split("\n");

describe("the banner", () => {
  test("says where everything is", () => {
    const text = bannerText({ ...facts, warnings: ["mind the step"] });
    for (const part of [
      facts.url,
      "tdg_d_abc-_1",
      facts.masterKeyPlace,
      facts.mailboxUrl,
      facts.dataDir,
      "mind the step",
    ]) {
      expect(text).toContain(part);
    }
  });

  test("has one line for a shell, which sends an event that the API takes", () => {
    const line = words(curlLine(bannerText(facts)));
    expect(line).toContain("http://127.0.0.1:4400/v1/events");
    expect(line).toContain("Authorization: Bearer tdg_d_abc-_1");
    const body = eventBodySchema.parse(JSON.parse(line.at(-1) ?? ""));
    expect(body.name).toBe("password.reset");
    expect(JSON.stringify(body.recipients)).toContain("@example.com");
  });

  test("of a process that takes no events says what it does, and shows no address", () => {
    const text = bannerText({ ...facts, roles: ["orchestrate", "deliver"], url: "http://127.0.0.1:0" });
    expect(text).toContain("is running, for orchestrate, deliver.");
    expect(text).toContain(facts.dataDir);
    for (const part of ["127.0.0.1", "curl", "tdg_d_abc-_1"]) expect(text).not.toContain(part);
  });

  test("leaves a key that was set in the environment, and the line reads it there", () => {
    const apiKey = { status: "ready" as const, key: "from-outside", place: "TIDINGS_API_KEY", warning: undefined };
    const text = bannerText({ ...facts, apiKey });
    expect(text).not.toContain("from-outside");
    expect(words(curlLine(text), { TIDINGS_API_KEY: "from-outside" })).toContain("Authorization: Bearer from-outside");
  });

  test.each([{ status: "none" as const }, { status: "revoked" as const, place: "/data/api-key" }])(
    "tells how to make a key where it shows none: $status",
    (apiKey) => {
      expect(bannerText({ ...facts, apiKey })).toContain("POST /v1/api-keys");
    },
  );
});

test.each([
  ["127.0.0.1", "http://127.0.0.1:4400"],
  ["0.0.0.0", "http://localhost:4400"],
  ["::", "http://localhost:4400"],
  ["::1", "http://[::1]:4400"],
  ["tidings.internal", "http://tidings.internal:4400"],
])("the address of a server on %s is %s", (host, url) => {
  expect(urlOf(host, 4400)).toBe(url);
});
