import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import type { Command, Context } from "./command.ts";
import type { Outcome } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { pause } from "./pause.ts";
import { requireYes } from "./require-yes.ts";
import { run } from "./run.ts";

const command = (act: (context: Context) => Promise<Outcome>): Command => ({
  name: "act",
  summary: "Acts",
  options: [{ name: "yes", summary: "Do not ask" }],
  examples: [],
  json: "",
  run: act,
});

/** Runs one command as a process would, on a terminal or not. */
async function perform(
  act: (context: Context) => Promise<Outcome>,
  {
    argv = [],
    isTTY = false,
    answer,
    env = {},
    controller = new AbortController(),
  }: {
    argv?: string[];
    isTTY?: boolean;
    answer?: string;
    env?: Record<string, string>;
    controller?: AbortController;
  } = {},
) {
  const written = { out: "", err: "" };
  const sink = (name: "out" | "err") => ({
    isTTY,
    columns: 80,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const stdin = Object.assign(new PassThrough(), { isTTY });
  if (answer !== undefined) stdin.end(answer);
  const code = await run({
    argv: ["act", ...argv],
    env,
    cwd: "/nowhere",
    stdin,
    stdout: sink("out"),
    stderr: sink("err"),
    signal: controller.signal,
    takeSignals: () => {},
    version: "0",
    commands: [command(act)],
  });
  return { code, ...written };
}

const refuse = async (): Promise<Outcome> => {
  throw new Failure("refused", "the API refused it", {
    code: "in_use",
    hint: "Look",
    places: [{ at: "steps[0].template", message: "is not there", hint: "order?" }],
  });
};

describe("a call", () => {
  test("ends with the code of its outcome", async () => {
    expect((await perform(async () => "ok")).code).toBe(0);
    expect((await perform(async () => "difference")).code).toBe(1);
    expect((await perform(refuse)).code).toBe(3);
  });

  test("tells a failure in lines on stderr, with colours on a terminal alone", async () => {
    const piped = await perform(refuse);
    expect(piped).toMatchObject({
      out: "",
      err: "error: the API refused it\n  steps[0].template is not there\n    order?\nhint: Look\n",
    });
    expect((await perform(refuse, { isTTY: true })).err).toContain("\x1b[31merror:\x1b[0m");
    for (const plain of [{ argv: ["--no-color"] }, { env: { NO_COLOR: "1" } }])
      expect((await perform(refuse, { isTTY: true, ...plain })).err).toBe(piped.err);
  });

  test("tells a failure to a program as one line of JSON", async () => {
    const { out, err } = await perform(refuse, { argv: ["--json"] });
    expect([out, JSON.parse(err)]).toEqual([
      "",
      {
        error: {
          message: "the API refused it",
          code: "in_use",
          exitCode: 3,
          hint: "Look",
          places: [{ at: "steps[0].template", message: "is not there", hint: "order?" }],
        },
      },
    ]);
  });

  test("shows a stack of its own faults with --debug alone", async () => {
    const fault = async (): Promise<Outcome> => {
      throw new TypeError("x is not a function");
    };
    const { code, err } = await perform(fault);
    expect([code, err]).toEqual([
      70,
      "error: x is not a function\nhint: This is a fault of tidings itself; --debug shows where\n",
    ]);
    expect((await perform(fault, { argv: ["--debug"] })).err).toMatch(/TypeError: x is not a function\n\s+at /);
  });

  test("ends with 130 when it is interrupted, whatever it was at", async () => {
    const controller = new AbortController();
    const wait = async ({ signal }: Context): Promise<Outcome> => {
      await pause(60_000, signal);
      return "ok";
    };
    const ended = perform(wait, { controller });
    controller.abort();
    expect((await ended).code).toBe(130);
  });

  test("shows at most 50 places of a failure, and counts the rest", async () => {
    const places = Array.from({ length: 60 }, (_, index) => ({ at: `a[${index}]`, message: "is wrong" }));
    const { err } = await perform(async () => {
      throw new Failure("usage", "many", { places });
    });
    expect(err.split("\n")).toHaveLength(53);
    expect(err).toContain("  and 10 more\n");
  });
});

describe("a question", () => {
  const ask = async (context: Context): Promise<Outcome> => {
    await requireYes(context, "Really?");
    context.terminal.out("done");
    return "ok";
  };

  test("is asked on a terminal, and a no does nothing", async () => {
    expect(await perform(ask, { isTTY: true, answer: "y\n" })).toEqual({
      code: 0,
      out: "done\n",
      err: "Really? [y/N] ",
    });
    expect(await perform(ask, { isTTY: true, answer: "no\n" })).toMatchObject({ code: 130, out: "" });
  });

  test("needs --yes where there is no terminal", async () => {
    expect(await perform(ask)).toMatchObject({ code: 2, out: "" });
    expect(await perform(ask, { argv: ["--yes"] })).toMatchObject({ code: 0, out: "done\n", err: "" });
  });
});
