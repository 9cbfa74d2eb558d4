import { join } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { main, root, run } from "./process.mjs";

/** `npm run bench` runs them all; `npm run bench -- end-to-end --runs 1` runs one of them with its options. */
const suites = [
  "end-to-end",
  "isolation",
  "inbox",
  "campaign",
  "mail",
  "push",
  "templates",
  "policy",
  "urgent",
  "sources",
];

await main(async () => {
  await install();
  await build();
  const [first, ...rest] = process.argv.slice(2);
  const named = suites.includes(first);
  let code = 0;
  for (const suite of named ? [first] : suites) {
    const file = join(root, "benchmarks", `${suite}.ts`);
    const options = named ? rest : process.argv.slice(2);
    code =
      (await run(process.execPath, ["--import", "tsx", "--conditions=source", file, ...options], { cwd: root })) ||
      code;
  }
  return code;
});
