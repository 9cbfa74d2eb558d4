import { join } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { main, root, run } from "./process.mjs";

// The server runs in the folder it was called from, so that relative settings such as ./data mean what the user typed.
const server = join(root, "packages/server/dist/main.js");
await main(async () => {
  await install();
  await build();
  return run(process.execPath, [server, ...process.argv.slice(2)], { cwd: process.cwd() });
});
