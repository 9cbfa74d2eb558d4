import type { Api } from "./api.ts";
import type { Connection } from "./connection.ts";
import type { Outcome } from "./exit-codes.ts";
import type { Input } from "./input.ts";
import type { Terminal } from "./terminal.ts";

/** An option as data: parsing, help and the reference are made from it. */
export interface Option {
  /** Long name without dashes. */
  name: string;
  short?: string;
  /** What stands for the value in help, such as `<url>`; left out, the option is a switch. */
  value?: string;
  /** May be given several times. */
  many?: true;
  summary: string;
  /** As it is in force where the option is left out; only told, never applied. */
  default?: string;
}

export interface Argument {
  name: string;
  summary: string;
  optional?: true;
  /** The last argument may stand for several. */
  many?: true;
}

export interface Example {
  line: string;
  says: string;
}

/** What a command is given to do its work. It reads nothing from the process itself, so tests run it as it is. */
export interface Context {
  input: Input;
  terminal: Terminal;
  /** True with `--json`: stdout carries one document, or one per line where the command says so. */
  json: boolean;
  /** Where the API is, by options, variables, profile or the data folder. */
  connection(): Connection;
  /** The API there. Fails where no key was found. */
  api(): Api;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  version: string;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Hands further signals to a command that has its own way to end. */
  takeSignals(taker: (signal: NodeJS.Signals) => void): void;
}

/** A command as data, with what it does. */
export interface Command {
  /** Its words, as in `dead-letters list`. */
  name: string;
  summary: string;
  /** Paragraphs. */
  description?: readonly string[];
  arguments?: readonly Argument[];
  options?: readonly Option[];
  examples: readonly Example[];
  /** What stdout carries with `--json`. */
  json: string;
  run(context: Context): Promise<Outcome | number>;
}
