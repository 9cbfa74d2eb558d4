import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../harness/free-port.ts";
import { makeCertificates } from "./certificates.ts";
import { startDaemon, untilReady } from "./daemon.ts";
import { logTo, password, scramMechanisms, username, writeConfiguration } from "./kafka-configuration.ts";
import { tellsOfBrokers } from "./kafka-metadata.ts";
import { type KafkaVersion, kafkaClassPath } from "./kafka-programs.ts";
import { isAlive, killAll, type ProcessId, signal, untilGone } from "./process-id.ts";
import { runProgram } from "./programs.ts";

const readyMs = 90_000;
const stopMs = 60_000;
/** Little memory, and one thread that tidies it: several servers share two cores. */
const java = ["java", "-Xmx384m", "-Xms128m", "-XX:+UseSerialGC"];

export interface KafkaOptions {
  version: KafkaVersion;
  /** Lines of server.properties. */
  settings?: Readonly<Record<string, string>>;
  /** It has a second listener, with TLS and users. */
  secure?: boolean;
  /** It has one on this address of this machine too, without TLS and users. */
  address?: string;
  /** An empty folder for all its files; without it, one of its own under the temp folder. */
  folder?: string;
  /** It goes on when this process ends. */
  outlives?: boolean;
}

/** The listener for SASL_SSL. The user may come with PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512. */
export interface SecureListener {
  brokers: string;
  caPath: string;
  username: string;
  password: string;
}

export interface Kafka {
  /** host:port, without TLS and users. */
  brokers: string;
  secure: SecureListener | undefined;
  /** host:port of the listener on `address`. */
  away: string | undefined;
  folder: string;
  /** Another one after a restart. */
  readonly process: ProcessId;
  readonly pid: number;
  /** Resolves when it has ended in good order. The files stay. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
  /** Starts it on the same files and ports, and stops it before, where it runs. */
  restart(): Promise<void>;
  log(): string;
  /** Ends it and takes its folder away. */
  remove(): Promise<void>;
}

/** A Kafka of our own: one node without ZooKeeper, on free loopback ports, beside whatever the machine runs. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "tidings-kafka-"));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = join(folder, "kafka.log");
  const classPath = kafkaClassPath(options.version);
  const [plain = 0, controller = 0, secure = 0, away = 0] = await freePorts(4);
  const ports = { plain, controller, secure, away };
  const certificates = options.secure === true ? makeCertificates(folder) : undefined;
  const configuration = writeConfiguration(folder, ports, certificates, options.address, options.settings ?? {});
  const logging = logTo(options.version, folder);
  formatStorage(classPath, configuration, folder);
  const start = async (): Promise<ProcessId> => {
    const command = [...java, ...logging, "-cp", classPath, "kafka.Kafka", configuration];
    const id = startDaemon(command, { log, cwd: folder, outlives: options.outlives === true });
    await untilReady(id, log, readyMs, () => tellsOfBrokers(ports.plain));
    return id;
  };
  const stop = async (): Promise<void> => {
    signal(id, "SIGTERM");
    await untilGone([id], stopMs);
  };
  let id = await start();
  return {
    brokers: `127.0.0.1:${ports.plain}`,
    secure:
      certificates === undefined
        ? undefined
        : { brokers: `127.0.0.1:${ports.secure}`, caPath: certificates.caPath, username, password },
    away: options.address === undefined ? undefined : `${options.address}:${ports.away}`,
    folder,
    get process() {
      return id;
    },
    get pid() {
      return id.pid;
    },
    stop,
    kill9: () => killAll(id),
    restart: async () => {
      if (isAlive(id)) await stop();
      id = await start();
    },
    log: () => readFileSync(log, "utf8"),
    remove: async () => {
      await killAll(id);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A broker without ZooKeeper starts on a folder alone that was prepared for it, with its users. */
function formatStorage(classPath: string, configuration: string, folder: string): void {
  const users = scramMechanisms.flatMap((name) => ["--add-scram", `${name}=[name=${username},password=${password}]`]);
  const clusterId = randomBytes(16).toString("base64url");
  // An id may begin with a hyphen: only so is it taken for a value.
  const format = ["format", `--cluster-id=${clusterId}`, "--config", configuration, ...users];
  runProgram([...java, "-cp", classPath, "kafka.tools.StorageTool", ...format], folder);
}
