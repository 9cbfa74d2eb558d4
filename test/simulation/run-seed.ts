import { integerOrNull } from "../../packages/server/src/store/sql/columns.ts";
import { SimulatedCrash } from "../../packages/server/src/store/sqlite/turn.ts";
import { makeAct } from "./acts/make-act.ts";
import type { Base } from "./base.ts";
import type { Cast } from "./cast.ts";
import { checkEnd } from "./checks/check-end.ts";
import { Client } from "./client.ts";
import { vendors } from "./documents.ts";
import { Endpoint } from "./endpoint.ts";
import { FarSide } from "./far-side.ts";
import { Ledger } from "./ledger.ts";
import { dueWork, openWork } from "./log-schema.ts";
import { Offers } from "./offers.ts";
import { makePeople, storePeople } from "./people.ts";
import { SimulatedProcess } from "./process.ts";
import { Reporter } from "./reporter.ts";
import { makeScenario } from "./scenario.ts";
import { SimulatedVendor } from "./vendor.ts";
import { Watch } from "./watch.ts";
import { type Violation, World } from "./world.ts";

export interface SeedResult {
  seed: number;
  violations: readonly Violation[];
  trace: readonly string[];
  traceHash: string;
  messages: number;
  crashes: number;
  calls: number;
}

/** Faults end here; what is open then has to end soon. */
const faultyUntilMs = 50_000;
const quietUntilMs = 400_000;
const lookMs = 2500;
const recordingMs = 3000;
/** Nobody waits at a desk for what comes later than that. */
const dozeFromMs = 60_000;
const sleepsMax = 40;

export async function runSeed(base: Base, seed: number): Promise<SeedResult> {
  base.reset();
  const cast = assemble(base, seed);
  const { world } = cast;
  world.start();
  await play(cast);
  if (world.violations.length === 0) await checkEnd(cast, settle);
  world.process?.kill();
  const { violations, trace, crashes } = world;
  const [messages, calls] = [cast.ledger.messages.size, cast.offers.all.length];
  return { seed, violations, trace, traceHash: world.traceHash(), messages, crashes, calls };
}

function assemble(base: Base, seed: number): Cast {
  const offers = new Offers();
  let processes = 0;
  const world: World = new World(base, seed, () => {
    processes += 1;
    const parts = { node: `process-${processes}`, onCommitted: () => ledger.read() };
    return new SimulatedProcess(world, {
      ...parts,
      providerOf: (key, process) => vendorOf.get(key)?.providerFor(process),
      httpFor: (process) => farSide.httpFor(process),
    });
  });
  const watch = new Watch(world, offers);
  const ledger = new Ledger(world, watch);
  watch.ledger = ledger;
  const reporter = new Reporter(world);
  const vendorOf = new Map(
    Object.entries(vendors).map(([name, { vendor }]) => {
      const onCall: Watch["onCall"] = (batch, process) => watch.onCall(batch, process);
      return [name, new SimulatedVendor(world, { name, ...vendor, offers, reporter, onCall })];
    }),
  );
  const endpoint = new Endpoint(world);
  const farSide = new FarSide(world, endpoint);
  const everybody = makePeople(world.fork());
  const act = makeAct(world.fork());
  const people = [...everybody, ...(act?.people ?? [])];
  storePeople(world, people);
  const canceled: Cast["canceled"] = new Map();
  const ordinary = makeScenario(world.fork(), everybody, act !== undefined);
  const intents = [...ordinary, ...(act?.intents ?? [])];
  const client = new Client(world, { intents, refusals: act?.refusals ?? [] }, ({ ref }) => {
    const asked = ledger.sequence;
    return () => canceled.set(ref, { asked, answered: ledger.sequence });
  });
  return { world, ledger, offers, reporter, farSide, endpoint, client, people, act, canceled };
}

/** Runs timer by timer until nothing is open. */
async function play(cast: Cast): Promise<void> {
  const { world } = cast;
  const { clock } = world;
  let quiet = false;
  const look = (): void => {
    quiet = isQuiet(cast);
    if (quiet) return;
    const until = idleUntil(cast);
    if (until !== undefined && until > world.now() + dozeFromMs) world.sleepUntil(until);
    clock.after(Math.max(0, world.wokeAt - world.now()) + lookMs, look);
  };
  clock.after(lookMs, look);
  clock.after(faultyUntilMs, () => world.calm());
  await settle();
  while (!quiet && world.violations.length === 0) {
    if (world.now() > world.wokeAt + quietUntilMs || world.sleeps > sleepsMax)
      world.violate("comes-to-rest", "work is still open");
    if (world.crashHere()) world.crash("between timers");
    step(world);
    await settle();
  }
}

function step(world: World): void {
  try {
    world.clock.runNext();
  } catch (error) {
    if (!(error instanceof SimulatedCrash)) throw error;
    world.crash(`in a turn, when it was ${error.message}`);
  }
}

function isQuiet(cast: Cast): boolean {
  if (cast.client.open > 0 || !isAtRest(cast)) return false;
  return cast.world.base.database.get(openWork)?.open === 0;
}

/** The outside owes nobody anything. */
function isAtRest({ world, reporter, offers }: Cast): boolean {
  if (world.process === undefined || reporter.open > 0) return false;
  // A late answer moves nothing, but it is recorded.
  return offers.answering === 0 && world.now() >= offers.answeredAt + recordingMs;
}

/** When the next thing happens, where nothing is under way; else undefined. */
function idleUntil(cast: Cast): number | undefined {
  const { world, client, act } = cast;
  if (act === undefined || world.faulty || client.nextAt === undefined || !isAtRest(cast)) return undefined;
  const row = world.base.database.get(dueWork);
  return Math.min(client.nextAt, (row && integerOrNull(row, "at")) ?? Number.POSITIVE_INFINITY);
}

/** Every microtask, however long its chain, is done before the next tick; nothing here waits for anything else. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
