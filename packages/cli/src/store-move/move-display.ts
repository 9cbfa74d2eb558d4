import type { StoreMoveLine, StoreMoveProgress } from "@tidings/contract/store-move";
import { Failure } from "../failure.ts";
import type { Terminal } from "../terminal.ts";
import { doneLines, grouped, plannedLines, progressLine } from "./move-lines.ts";

/** Plain lines of progress closer together than this are left out. */
const plainEveryMs = 5000;

/** Shows what the moving process tells: a bar on a terminal, a line now and then elsewhere, all of it as it is with `--json`. */
export class MoveDisplay {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  readonly #now: () => number;
  #saidAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;
  #failure: Failure | undefined;

  constructor(terminal: Terminal, json: boolean, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#json = json;
    this.#now = now;
  }

  /** Why it failed, where it said so. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  take(line: StoreMoveLine): void {
    if (line.kind === "failed") {
      const { outcome, message, hint } = line;
      this.#failure = new Failure(outcome, message, { hint });
    } else if (this.#json) {
      this.#terminal.document(line, false);
    } else if (line.kind === "progress") this.#progress(line);
    else {
      this.end();
      this.#say(line);
    }
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isDrawn) this.#terminal.raw("\r\x1b[2K");
    this.#isDrawn = false;
  }

  #progress(line: StoreMoveProgress): void {
    if (this.#terminal.moves) {
      this.#terminal.raw(`\r\x1b[2K${progressLine(line, true).slice(0, this.#terminal.columns - 1)}`);
      this.#isDrawn = true;
    } else if (this.#now() - this.#saidAt >= plainEveryMs) {
      this.#saidAt = this.#now();
      this.#terminal.note(progressLine(line, false));
    }
  }

  #say(line: Exclude<StoreMoveLine, { kind: "failed" | "progress" }>): void {
    if (line.kind === "started") {
      this.#terminal.note(`From ${line.source} to ${line.destination}: ${grouped(line.rows)} rows`);
      if (line.resumed)
        this.#terminal.note(
          `It goes on where it was: ${grouped(line.copied)} rows are copied, ${grouped(line.verified)} compared`,
        );
    } else if (line.kind === "note") this.#terminal.note(line.message);
    else if (line.kind === "stopped")
      this.#terminal.complain(
        `Stopped after ${grouped(line.rows)} of ${grouped(line.total)} rows. The same command goes on from there.`,
      );
    else for (const text of line.kind === "planned" ? plannedLines(line) : doneLines(line)) this.#terminal.out(text);
  }
}
