import { createWriteStream, readFileSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { stopChild } from "../../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../../harness/server-process.ts";

export type Role = "api" | "orchestrate" | "deliver" | "feedback";

const masterKey = Buffer.alloc(32, 7).toString("base64");
/** Of each log, what is shown where a test fails. */
const shownLines = 25;

export interface MemberOptions {
  settings?: Record<string, string>;
  /** A program that runs it, with its arguments. */
  wrap?: readonly string[];
}

/** A process of the cluster, which keeps its name, roles and port over restarts. */
export class Member {
  readonly name: string;
  readonly roles: readonly Role[];
  /** When it was killed. */
  readonly killedAt: number[] = [];
  readonly #start: (port: number) => Promise<ServerProcess>;
  #process: ServerProcess | undefined;
  #port = 0;

  constructor(name: string, roles: readonly Role[], start: (port: number) => Promise<ServerProcess>) {
    this.name = name;
    this.roles = roles;
    this.#start = start;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Where its API is, also while it is away. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it is ready; on the port that it had before. */
  async start(): Promise<void> {
    this.#process = await this.#start(this.#port);
    this.#port = this.#process.port;
  }

  async kill9(): Promise<void> {
    if (this.#process === undefined) return;
    this.killedAt.push(Date.now());
    await stopChild(this.#process, "SIGKILL");
  }

  /** Asks it to end; gives its exit code, null where a signal ended it, and how long it took. */
  async terminate(): Promise<{ code: number | null; tookMs: number }> {
    if (this.#process === undefined) throw new Error(`${this.name} does not run`);
    const startedAt = performance.now();
    await stopChild(this.#process, "SIGTERM");
    return { code: this.#process.process.exitCode, tookMs: Math.round(performance.now() - startedAt) };
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#process?.process.kill(name);
  }

  /** However it is now. */
  async end(): Promise<void> {
    if (this.#process !== undefined) await stopChild(this.#process, "SIGKILL");
  }
}

/** Processes of one installation, with logs in files. */
export class Cluster {
  readonly #folder: string;
  readonly #settings: Record<string, string>;
  readonly #members: Member[] = [];
  readonly #logs = new Map<string, WriteStream>();

  constructor(folder: string, settings: Record<string, string>) {
    this.#folder = folder;
    this.#settings = { TIDINGS_MASTER_KEY: masterKey, TIDINGS_LOG_LEVEL: "info", ...settings };
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  with(role: Role): readonly Member[] {
    return this.#members.filter(({ roles }) => roles.includes(role));
  }

  /** Starts a process with these roles, and resolves when it is ready. */
  async start(roles: readonly Role[], options: MemberOptions = {}): Promise<Member> {
    const name = `${this.#members.length}-${roles.join("-")}`;
    const log = createWriteStream(join(this.#folder, `${name}.log`), { flags: "a" });
    this.#logs.set(name, log);
    const settings = { ...this.#settings, ...options.settings, TIDINGS_ROLES: roles.join(",") };
    const member = new Member(name, roles, (port) =>
      startServerProcess(join(this.#folder, name), settings, {
        port,
        onLine: (line) => log.write(`${line}\n`),
        ...(options.wrap === undefined ? {} : { wrap: options.wrap }),
      }),
    );
    this.#members.push(member);
    await member.start();
    return member;
  }

  startAll(all: readonly (readonly Role[])[]): Promise<Member[]> {
    return Promise.all(all.map((roles) => this.start(roles)));
  }

  /** Address of an API: another one with each call, in turns. */
  readonly anyUrl = (() => {
    let turn = 0;
    return (): string => {
      const faces = this.with("api");
      turn += 1;
      return faces[turn % faces.length]?.url ?? "";
    };
  })();

  /** The end of each log, for whoever looks into a failure. */
  tail(): string {
    return [...this.#logs.keys()]
      .map((name) => {
        const lines = readFileSync(join(this.#folder, `${name}.log`), "utf8")
          .trimEnd()
          .split("\n");
        return `--- ${name}\n${lines.slice(-shownLines).join("\n")}`;
      })
      .join("\n");
  }

  async end(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.end()));
    for (const log of this.#logs.values()) log.end();
  }
}
