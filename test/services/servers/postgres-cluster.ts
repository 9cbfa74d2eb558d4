import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { giveTo, ordinaryUser } from "./ordinary-user.ts";
import { copyCluster } from "./postgres-standby.ts";

/** The superuser, and the owner of the databases that tests use. They are reached on loopback alone. */
export const admin = "postgres";
export const owner = "tidings";
export const password = "tidings";

/** What a standby has to know of its primary. */
export interface Primary {
  /** Database `postgres`, as the superuser. */
  adminUrl: string;
  dataDir: string;
  port: number;
  /** What a client has to trust; undefined without `tls`. */
  caPath: string | undefined;
}

export interface ClusterOptions {
  /** Lines of postgresql.conf. */
  settings?: Readonly<Record<string, string>>;
  /** Where it listens beside 127.0.0.1. */
  addresses?: readonly string[];
  /** It has a certificate, and refuses connections over TCP without TLS. */
  tls?: boolean;
  /** It starts as a streaming standby of this one. */
  replicaOf?: Primary;
}

export interface Place {
  bin: string;
  folder: string;
  dataDir: string;
  port: number;
}

/** Makes the files of a server: an empty cluster, or a copy of its primary's. */
export async function makeFiles(options: ClusterOptions, place: Place): Promise<Certificates | undefined> {
  const { folder, dataDir } = place;
  const user = ordinaryUser();
  const certificates = options.tls === true ? makeCertificates(folder) : undefined;
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password);
  giveTo(user, folder);
  if (options.replicaOf === undefined) {
    // Text sorts by bytes, so that all machines sort alike.
    const args = ["--pgdata", dataDir, "--username", admin, "--encoding", "UTF8", "--no-locale", "--no-sync"];
    const auth = ["--auth-local", "trust", "--auth-host", "scram-sha-256", "--pwfile", passwordFile];
    execFileSync(join(place.bin, "initdb"), [...args, ...auth], { ...user, cwd: folder, stdio: "pipe" });
  } else {
    await copyCluster(options.replicaOf.adminUrl, options.replicaOf.dataDir, dataDir);
  }
  writeFileSync(join(dataDir, "postgresql.conf"), configuration(options, place, certificates));
  writeFileSync(join(dataDir, "pg_hba.conf"), access(certificates, options.addresses ?? []));
  giveTo(user, folder);
  return certificates;
}

function configuration(options: ClusterOptions, place: Place, certificates: Certificates | undefined): string {
  const settings: Readonly<Record<string, string>> = {
    listen_addresses: ["127.0.0.1", ...(options.addresses ?? [])].join(","),
    port: String(place.port),
    unix_socket_directories: place.folder,
    fsync: "on",
    shared_buffers: "64MB",
    max_connections: "100",
    log_timezone: "UTC",
    timezone: "UTC",
    // A standby that is away for a while finds the changes that it missed.
    wal_keep_size: "256MB",
    ...(options.replicaOf === undefined ? {} : { primary_conninfo: connectionTo(options.replicaOf) }),
    ...(certificates === undefined
      ? {}
      : { ssl: "on", ssl_cert_file: certificates.certificatePath, ssl_key_file: certificates.keyPath }),
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
  return lines.join("");
}

function connectionTo({ port, caPath }: Primary): string {
  const tls = caPath === undefined ? "" : " sslmode=require";
  return `host=127.0.0.1 port=${port} user=${admin} password=${password}${tls}`;
}

/** With certificates, nobody comes in over TCP without TLS. Who comes to another address comes from its network. */
function access(certificates: Certificates | undefined, addresses: readonly string[]): string {
  const type = certificates === undefined ? "host" : "hostssl";
  const networks = ["127.0.0.1/32", ...addresses.map((address) => `${address}/30`)];
  const tcp = networks.flatMap((network) =>
    ["all", "replication"].map((database) => `${type} ${database} all ${network} scram-sha-256\n`),
  );
  return ["local all all trust\n", ...tcp].join("");
}
