#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// In a clone that was installed and never built, say so instead of showing a stack.
const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(fileURLToPath(main))) await import(main.href);
else {
  process.stderr.write("error: tidings is not built yet\nhint: npm run build, or npm start, builds it\n");
  process.exitCode = 2;
}
