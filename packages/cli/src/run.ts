import { openApi } from "./api.ts";
import type { Command, Context } from "./command.ts";
import { findConnection } from "./connection.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { helpLines } from "./help.ts";
import { parse } from "./parse.ts";
import { reportFailure } from "./report-failure.ts";
import { type Sink, type Source, Terminal } from "./terminal.ts";

/** What a process is made of, so that tests hand in their own. */
export interface World {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  stdin: Source;
  stdout: Sink;
  stderr: Sink;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  takeSignals: Context["takeSignals"];
  version: string;
  commands: readonly Command[];
}

/** Runs one call of `tidings`, and gives its exit status. It never throws. */
export async function run(world: World): Promise<number> {
  const { argv } = world;
  const terminal = new Terminal({
    in: world.stdin,
    out: world.stdout,
    err: world.stderr,
    quiet: argv.includes("--quiet") || argv.includes("-q"),
    colours: !argv.includes("--no-color") && !world.env.NO_COLOR,
  });
  try {
    return await perform(world, terminal);
  } catch (error) {
    const failure =
      world.signal.aborted && !(error instanceof Failure) ? new Failure("interrupted", "interrupted") : error;
    const options = { json: argv.includes("--json"), debug: argv.includes("--debug") };
    return exitCodes[reportFailure(failure, terminal, options)].code;
  }
}

async function perform(world: World, terminal: Terminal): Promise<number> {
  const { argv, commands, version, env, cwd, signal, takeSignals } = world;
  if (argv[0] === "--version" || argv[0] === "-v") {
    terminal.out(version);
    return exitCodes.ok.code;
  }
  const parsed = parse(argv, commands);
  if (parsed.kind === "help") {
    for (const line of helpLines(parsed.words, commands, version, terminal.columns)) terminal.out(line);
    return exitCodes.ok.code;
  }
  const { command, input } = parsed;
  const connection = () => findConnection(input, { env, cwd });
  const outcome = await command.run({
    input,
    terminal,
    json: input.flag("json"),
    connection,
    api: () => openApi(connection(), input),
    env,
    cwd,
    signal,
    takeSignals,
    version,
  });
  return typeof outcome === "number" ? outcome : exitCodes[outcome].code;
}
