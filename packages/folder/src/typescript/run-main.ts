import { createRequire } from "node:module";
import { Script } from "node:vm";

/*
 * Runs workflow definitions, one message each, in a process of its own: code that hangs, exits or eats memory ends here.
 * What is exported goes back as JSON, which is what a document is.
 */

export interface Run {
  /** Absolute path: what the script's own `require` and its stack traces start from. */
  file: string;
  /** An expression that gives a function of module, exports and require. */
  script: string;
}

/** `json` is null where nothing was exported. */
export type RunResult = { json: string | null } | { error: string; stack: string };

function run({ file, script }: Run): RunResult {
  try {
    const module: { exports: { default?: unknown } } = { exports: {} };
    new Script(script, { filename: file }).runInThisContext()(module, module.exports, createRequire(file));
    return { json: JSON.stringify(module.exports.default) ?? null };
  } catch (error) {
    if (!(error instanceof Error)) return { error: `threw ${String(error)}`, stack: "" };
    return { error: error.message, stack: error.stack ?? "" };
  }
}

// The parent is packages/folder itself: no message has another shape.
process.on("message", (message: Run) => {
  process.send?.(run(message));
});

// What runs is timed from here: how long a process takes to start says nothing about a definition.
process.send?.({ ready: true });
