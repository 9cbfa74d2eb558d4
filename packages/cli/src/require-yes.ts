import type { Context } from "./command.ts";
import { Failure, usage } from "./failure.ts";

/** Goes on with `--yes`, or after a yes on a terminal. Where nobody can be asked, `--yes` is needed. */
export async function requireYes({ input, terminal, signal }: Context, question: string): Promise<void> {
  if (input.flag("yes")) return;
  if (!terminal.asks) throw usage("there is nobody to ask", "--yes goes on without asking");
  if (await terminal.confirm(question, signal)) return;
  signal.throwIfAborted();
  throw new Failure("interrupted", "nothing was done");
}
