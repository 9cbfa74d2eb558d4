import { pause } from "./pause.ts";

const lookEveryMs = 20;

/** Resolves once `holds` does; rejects with what was awaited where it does not in time. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
  everyMs = lookEveryMs,
): Promise<void> {
  for (const end = Date.now() + timeoutMs; !(await holds()); await pause(everyMs))
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
}
