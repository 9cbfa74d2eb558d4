import { Worker } from "node:worker_threads";

/** Run from source, the thread needs the same loader as its parent. */
export function startWorker(workerData: Record<string, unknown>): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./worker.js", import.meta.url), { workerData });
  // `--import tsx` registers on the main thread only; a worker has to register for itself.
  const loader = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register();`;
  const execArgv = ["--import", `data:text/javascript,${encodeURIComponent(loader)}`, "--conditions=source"];
  return new Worker(new URL("./worker.ts", import.meta.url), { workerData, execArgv });
}
