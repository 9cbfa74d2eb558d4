import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "../../harness/free-port.ts";
import { startDaemon, untilReady, untilReaped } from "./daemon.ts";
import { ordinaryUser } from "./ordinary-user.ts";
import { admin, type ClusterOptions, makeFiles, owner, type Primary, password } from "./postgres-cluster.ts";
import { type PostgresVersion, postgresBin } from "./postgres-programs.ts";
import { answers, sql } from "./postgres-sql.ts";
import { isAlive, killAll, type ProcessId, signal, untilGone } from "./process-id.ts";

const readyMs = 60_000;
const stopMs = 60_000;
const stopSignals = { smart: "SIGTERM", fast: "SIGINT", immediate: "SIGQUIT" } as const;

export interface PostgresOptions extends ClusterOptions {
  version: PostgresVersion;
  /** An empty folder for all its files; without it, one of its own under the temp folder. */
  folder?: string;
  /** It goes on when this process ends. */
  outlives?: boolean;
}

export interface Postgres extends Primary {
  /** Database `tidings`, as its owner, who is no superuser. */
  url: string;
  folder: string;
  /** The postmaster: another one after a restart. */
  readonly process: ProcessId;
  readonly pid: number;
  /** Resolves when it has ended. The files stay. */
  stop(mode: keyof typeof stopSignals): Promise<void>;
  /** Ends all its processes as a power cut would. */
  kill9(): Promise<void>;
  /** Starts it on the same files and port, and stops it before, where it runs. */
  restart(): Promise<void>;
  /** Makes a database of the owner, and gives its URL. */
  createDatabase(name: string): Promise<string>;
  /** Makes a standby a primary. */
  promote(): Promise<void>;
  log(): string;
  /** Ends it and takes its folder away. */
  remove(): Promise<void>;
}

/** A PostgreSQL of our own, with fsync on, on a free loopback port, beside whatever the machine runs. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "tidings-postgres-"));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const dataDir = join(folder, "data");
  const log = join(folder, "postgres.log");
  const bin = postgresBin(options.version);
  const certificates = await makeFiles(options, { bin, folder, dataDir, port });
  const urlOf = (user: string, database: string): string => {
    const tls = certificates === undefined ? "" : `?sslmode=verify-full&sslrootcert=${certificates.caPath}`;
    return `postgres://${user}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}${tls}`;
  };
  const adminUrl = urlOf(admin, "postgres");
  const start = async (): Promise<ProcessId> => {
    const command = [join(bin, "postgres"), "-D", dataDir];
    const id = startDaemon(command, { log, cwd: folder, user: ordinaryUser(), outlives: options.outlives === true });
    await untilReady(id, log, readyMs, () => answers(adminUrl));
    return id;
  };
  let id = await start();
  const stop = async (mode: keyof typeof stopSignals): Promise<void> => {
    signal(id, stopSignals[mode]);
    await untilGone([id], stopMs);
  };
  const createDatabase = async (name: string): Promise<string> => {
    await sql(adminUrl, `create database ${pg.escapeIdentifier(name)} owner ${owner}`);
    return urlOf(owner, name);
  };
  if (options.replicaOf === undefined) {
    await sql(adminUrl, `create role ${owner} login password '${password}'`);
    await createDatabase(owner);
  }
  return {
    url: urlOf(owner, owner),
    adminUrl,
    port,
    folder,
    dataDir,
    caPath: certificates?.caPath,
    get process() {
      return id;
    },
    get pid() {
      return id.pid;
    },
    stop,
    kill9: () => killAll(id),
    restart: async () => {
      if (isAlive(id)) await stop("fast");
      await untilReaped(id);
      id = await start();
    },
    createDatabase,
    promote: async () => {
      await sql(adminUrl, "select pg_promote()");
    },
    log: () => readFileSync(log, "utf8"),
    remove: async () => {
      await killAll(id);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
