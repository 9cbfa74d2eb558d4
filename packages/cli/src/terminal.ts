import { createInterface } from "node:readline/promises";

/** A stream that text is written to. */
export interface Sink {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** Where answers come from. */
export interface Source extends NodeJS.ReadableStream {
  isTTY?: boolean | undefined;
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof codes;

interface TerminalOptions {
  in: Source;
  out: Sink;
  err: Sink;
  quiet: boolean;
  /** False with `--no-color` or NO_COLOR (https://no-color.org). */
  colours: boolean;
}

/**
 * Where a command's words go: results to stdout, everything else to stderr, so that a pipe carries results alone.
 * Colours and things that move are for terminals.
 */
export class Terminal {
  readonly #options: TerminalOptions;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  /** A line of the result. */
  out(line = ""): void {
    this.#options.out.write(`${line}\n`);
  }

  /**
   * A result in place of the one before it: on a terminal from the top of the screen, each line and what is below the last
   * one cleared as it is written, so that nothing flickers. Elsewhere one after the other.
   */
  redraw(lines: readonly string[]): void {
    const { out } = this.#options;
    if (out.isTTY === true) out.write(`\x1b[H${lines.map((line) => `${line}\x1b[K\n`).join("")}\x1b[J`);
    else out.write(`${lines.join("\n")}\n\n`);
  }

  /** The result for programs. */
  document(value: unknown, pretty = true): void {
    this.#options.out.write(`${JSON.stringify(value, null, pretty ? 2 : undefined)}\n`);
  }

  /** What is good to know, unless `--quiet`. */
  note(line: string): void {
    if (!this.#options.quiet) this.#options.err.write(`${line}\n`);
  }

  /** A line that `--quiet` does not silence. */
  complain(line: string): void {
    this.#options.err.write(`${line}\n`);
  }

  /** Raw text to stderr, for what moves. */
  raw(text: string): void {
    this.#options.err.write(text);
  }

  /** True where a bar may move on stderr. */
  get moves(): boolean {
    return this.#options.err.isTTY === true && !this.#options.quiet;
  }

  /** True where somebody sits in front of it who can be asked. */
  get asks(): boolean {
    return this.#options.in.isTTY === true && this.#options.err.isTTY === true;
  }

  /** Asks for a yes; anything else is a no. */
  async confirm(question: string, signal: AbortSignal): Promise<boolean> {
    const reader = createInterface({ input: this.#options.in, terminal: false });
    try {
      this.#options.err.write(`${question} [y/N] `);
      const lines = reader[Symbol.asyncIterator]();
      const aborted = new Promise<undefined>((resolve) => {
        signal.addEventListener("abort", () => resolve(undefined), { once: true });
      });
      const line = await Promise.race([lines.next(), aborted]);
      return typeof line?.value === "string" && /^y(es)?$/i.test(line.value.trim());
    } finally {
      reader.close();
    }
  }

  get columns(): number {
    return this.#options.out.columns ?? 100;
  }

  /** Text of stdout in a style, or plain. */
  style(style: Style, text: string): string {
    return this.#styled(this.#options.out, style, text);
  }

  /** Text of stderr in a style, or plain. */
  noteStyle(style: Style, text: string): string {
    return this.#styled(this.#options.err, style, text);
  }

  #styled(sink: Sink, style: Style, text: string): string {
    return this.#options.colours && sink.isTTY === true ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
  }
}

/**
 * Text of others (a subject, a provider's answer) made fit for a terminal: control characters, which could move the
 * cursor or set the window's title, are shown as what they are.
 */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    character === "\u200d" ? character : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
