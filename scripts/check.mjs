import { install } from "./install.mjs";
import { exitCode, main, root, run, tools } from "./process.mjs";

const node = (file, ...args) => [process.execPath, file, ...args];
const script = (name, ...args) => node(`scripts/${name}.mjs`, ...args);

/** Name and the commands that must all succeed. */
const steps = [
  ["types", script("build"), node(tools.tsc, "-p", "tsconfig.json")],
  ["lint", node(tools.biome, "check", "--error-on-warnings", ".")],
  ["import boundaries", script("check-boundaries")],
  ["dead code", node(tools.knip)],
  ["contract drift", script("contract", "--check")],
  ["docs drift", script("docs", "--check")],
  ["engines", script("check-engines")],
  ["exact versions", script("check-pins")],
  ["licences", script("check-licences")],
  ["install", script("check-install"), script("check-packages")],
];

await main(async () => {
  await install();
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !steps.some(([step]) => step === name));
  if (unknown.length > 0) console.error(`No such check: ${unknown.join(", ")}`);
  const results = unknown.map((name) => ({ name, seconds: 0, passed: false }));
  for (const [name, ...commands] of steps) {
    if (wanted.length === 0 || wanted.includes(name)) results.push(await measured(name, commands));
  }
  return report(results);
});

async function measured(name, commands) {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const passed = await succeed(commands);
  return { name, passed, seconds: (performance.now() - start) / 1000 };
}

async function succeed(commands) {
  for (const [command, ...args] of commands) {
    const code = await run(command, args, { cwd: root, stdio: ["ignore", 1, 2] });
    // Whoever interrupts a check means all of them.
    if (code === exitCode(null, "SIGINT") || code === exitCode(null, "SIGTERM")) process.exit(code);
    if (code !== 0) return false;
  }
  return true;
}

function report(results) {
  const width = Math.max(...results.map(({ name }) => name.length));
  console.log("");
  for (const { name, passed, seconds } of results) {
    console.log(`${passed ? "passed" : "FAILED"}  ${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s`);
  }
  const failed = results.filter(({ passed }) => !passed).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
