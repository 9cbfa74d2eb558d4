import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { Progress } from "./progress.ts";
import { tableLines } from "./table.ts";
import { plain, Terminal } from "./terminal.ts";

function terminal({ isTTY = false, quiet = false, colours = true } = {}) {
  const written = { out: "", err: "" };
  const sink = (name: "out" | "err") => ({
    isTTY,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const input = Object.assign(new PassThrough(), { isTTY });
  return { written, input, terminal: new Terminal({ in: input, out: sink("out"), err: sink("err"), quiet, colours }) };
}

describe("the terminal", () => {
  test("has colours and bars on a terminal alone", () => {
    const piped = terminal();
    expect(piped.terminal.style("red", "x")).toBe("x");
    new Progress(piped.terminal, "working", 2).to(1);
    expect(piped.written.err).toBe("");
    const real = terminal({ isTTY: true });
    expect(real.terminal.style("red", "x")).toBe("\x1b[31mx\x1b[0m");
    const progress = new Progress(real.terminal, "working", 2);
    progress.to(1);
    expect(real.written.err).toMatch(/working █+░+ 1\/2$/);
    progress.end();
    expect(real.written.err).toMatch(/\r\x1b\[2K$/);
  });

  test("puts a result in the place of the one before it, and elsewhere below it", () => {
    const real = terminal({ isTTY: true });
    real.terminal.redraw(["a", "b"]);
    real.terminal.redraw(["c"]);
    expect(real.written.out).toBe("\x1b[Ha\x1b[K\nb\x1b[K\n\x1b[J\x1b[Hc\x1b[K\n\x1b[J");
    const piped = terminal();
    piped.terminal.redraw(["a", "b"]);
    piped.terminal.redraw(["c"]);
    expect(piped.written.out).toBe("a\nb\n\nc\n\n");
  });

  test("has no colours where they are not wanted, and no bars where it is to be quiet", () => {
    expect(terminal({ isTTY: true, colours: false }).terminal.style("red", "x")).toBe("x");
    const quiet = terminal({ isTTY: true, quiet: true });
    new Progress(quiet.terminal, "working", 2).to(1);
    quiet.terminal.note("by the way");
    quiet.terminal.complain("but this");
    expect(quiet.written.err).toBe("but this\n");
  });

  test.each([
    ["y\n", true],
    ["Yes\n", true],
    ["n\n", false],
    ["\n", false],
  ])("takes %j as %s", async (answer, is) => {
    const { input, terminal: asked, written } = terminal({ isTTY: true });
    const confirmed = asked.confirm("Really?", new AbortController().signal);
    input.write(answer);
    expect(await confirmed).toBe(is);
    expect(written.err).toBe("Really? [y/N] ");
  });

  test("takes the end of its input, and Ctrl-C, as a no", async () => {
    const ended = terminal({ isTTY: true });
    ended.input.end();
    expect(await ended.terminal.confirm("Really?", new AbortController().signal)).toBe(false);
    const controller = new AbortController();
    const confirmed = terminal({ isTTY: true }).terminal.confirm("Really?", controller.signal);
    controller.abort();
    expect(await confirmed).toBe(false);
  });
});

test("what others wrote cannot steer the terminal", () => {
  expect(plain("a\x1b]0;title\x07b\u202ec\nd\u009b")).toBe("a\\u001b]0;title\\u0007b\\u202ec\\u000ad\\u009b");
  expect(plain("Grüße 👩‍🚀")).toBe("Grüße 👩‍🚀");
});

test("columns are as wide as their widest cell", () => {
  expect(
    tableLines(
      ["ID", "NAME"],
      [
        ["1", "Ännchen"],
        ["12345", "b"],
      ],
    ),
  ).toEqual(["ID     NAME", "1      Ännchen", "12345  b"]);
  expect(tableLines(["ID"], [])).toEqual(["ID"]);
});
