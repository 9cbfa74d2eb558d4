import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createLog } from "./log.ts";

function bench(level = "info") {
  const written: string[] = [];
  const log = createLog(level, (line) => written.push(line));
  const parsed = () => written.map((line): Record<string, unknown> => JSON.parse(line));
  return { log, written, parsed };
}

const withFrames = z.object({ error: z.object({ frames: z.array(z.string()).min(1) }) });
const framesOf = (line: unknown): string[] => withFrames.parse(line).error.frames;

describe("log", () => {
  test("writes a JSON object per line, with time, level, message and ids", () => {
    const { log, parsed } = bench();
    log.info("event accepted", { eventId: "e1", lane: "critical", durationMs: 1.5 });
    expect(parsed()).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        level: "info",
        message: "event accepted",
        eventId: "e1",
        lane: "critical",
        durationMs: 1.5,
      },
    ]);
  });

  test("leaves out what is below its level", () => {
    const { log, parsed } = bench("warn");
    log.debug("a");
    log.info("b");
    log.warn("c");
    log.error("d");
    expect(parsed().map((line) => line.message)).toEqual(["c", "d"]);
  });

  test("shows an error's name, code, frames and causes", () => {
    const { log, parsed } = bench();
    const cause = Object.assign(new Error("connect refused"), { code: "ECONNREFUSED" });
    log.error("call failed", { error: new TypeError("no route", { cause }) });
    expect(parsed()[0]).toMatchObject({
      error: {
        name: "TypeError",
        message: "no route",
        frames: expect.arrayContaining([expect.stringMatching(/^at /)]),
        cause: { name: "Error", code: "ECONNREFUSED", message: "connect refused" },
      },
    });
  });

  test.each([
    "550 5.1.1 <anna.b+x@mail.example.com>: no such user",
    "RCPT TO:<anna.b+x@mail.example.com> refused\nanna.b+x@mail.example.com",
    "cannot call +43 660 1234567",
    "cannot call +436601234567",
    "GET https://hooks.example.com/T00/secret?x=1 failed",
    "bad key tk_0123456789abcdefghijklmnopqrstuvwxyzABCD",
  ])("shows nothing personal or secret of an error's message: %s", (message) => {
    const { log, parsed } = bench();
    log.error("failed", { error: new Error(message, { cause: message }) });
    // Frames are the code's own places, whose folders may have any name.
    const shown = JSON.stringify(parsed(), (key, value) => (key === "frames" ? undefined : value));
    expect(shown).not.toMatch(/anna|example\.com|660|hooks|tk_0|secret/);
    expect(framesOf(parsed()[0]).every((frame) => frame.startsWith("at "))).toBe(true);
  });

  test("removes secrets that come along unseen", () => {
    const { log, written } = bench();
    const fields = { eventId: "e1", password: "hunter2", headers: { authorization: "hunter2" }, kind: "x" };
    log.info("m", fields);
    expect(written.join("")).not.toContain("hunter2");
    expect(written.join("")).toContain("e1");
  });

  test("an error that refers to itself is shown without end to it", () => {
    const { log, parsed } = bench();
    const error = new Error("loop");
    error.cause = error;
    log.error("failed", { error });
    expect(parsed()).toHaveLength(1);
  });
});
