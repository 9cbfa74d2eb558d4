import { isAlive, killAll } from "./process-id.ts";
import { type Started, services } from "./services.ts";
import { folderOf, forget, recall, remember } from "./services-state.ts";

const usage = `scripts/services up [name…]    starts what does not run, and says how to connect to it
scripts/services down [name…]  ends what up has started, and takes its data away
names: ${[...services.keys()].join(", ")}; without any, all of them
`;

const [command, ...names] = process.argv.slice(2);
const unknown = names.filter((name) => !services.has(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(", ")}.\n${usage}`);
  process.exitCode = 2;
} else if (command === "up") {
  process.exitCode = await up(names);
} else if (command === "down") {
  for (const name of names.length > 0 ? names : services.keys()) await down(name);
} else {
  process.stderr.write(usage);
  process.exitCode = 2;
}

/** What cannot run here is left out where all are meant, and a failure where it was named. */
async function up(wanted: readonly string[]): Promise<number> {
  let code = 0;
  for (const [name, service] of services) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const reason = service.whyNot();
    if (reason === undefined) {
      print(name, await running(name));
    } else {
      process.stderr.write(`${name} cannot be started here: ${reason}\n`);
      if (wanted.length > 0) code = 1;
    }
  }
  return code;
}

async function running(name: string): Promise<Started> {
  const known = recall(name);
  if (known !== undefined && isAlive(known.process)) return known;
  forget(name);
  const started = await services.get(name)?.start(folderOf(name));
  if (started === undefined) throw new Error(`there is no ${name}`);
  remember(name, started);
  return started;
}

async function down(name: string): Promise<void> {
  const known = recall(name);
  if (known !== undefined) await killAll(known.process);
  forget(name);
}

function print(name: string, { process: { pid }, connection }: Started): void {
  const lines = Object.entries({ ...connection, pid }).map(([key, value]) => `  ${key.padEnd(14)} ${value}\n`);
  process.stdout.write(`${name}\n${lines.join("")}`);
}
