import { fileURLToPath } from "node:url";
import { install } from "./install.mjs";
import { exclusively } from "./lock.mjs";
import { main, root, run } from "./process.mjs";

const program = fileURLToPath(new URL("../test/services/servers/services-main.ts", import.meta.url));

// Two that start the same server at once would both find it missing.
await main(async () => {
  await install();
  const command = ["--import", "tsx", program, ...process.argv.slice(2)];
  return exclusively("services", () => run(process.execPath, command, { cwd: root }));
});
