import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, isCached } from "./cache.ts";
import { isInstalled, runProgram } from "./programs.ts";

export type KafkaVersion = "3.9" | "4";

interface Dependency {
  group: string;
  name: string;
  version: string;
}

interface Release {
  version: string;
  /** What takes the broker's log: Kafka leaves that to whoever packs it. */
  logging: Dependency;
}

const releases: Readonly<Record<KafkaVersion, Release>> = {
  "3.9": { version: "3.9.2", logging: { group: "org.slf4j", name: "slf4j-reload4j", version: "1.7.36" } },
  "4": { version: "4.4.0", logging: { group: "org.slf4j", name: "slf4j-simple", version: "1.7.36" } },
};
const javaMin = 17;

const folderOf = (version: KafkaVersion): string => `kafka-${releases[version].version}`;

/** Why no Kafka of this version can be started here; undefined where one can. */
export function whyNoKafka(version: KafkaVersion): string | undefined {
  if (process.platform !== "linux") return "the suites start servers on Linux alone";
  for (const program of ["setpriv", "openssl", "java"]) if (!isInstalled(program)) return `${program} is not installed`;
  const java = Number(/version "(\d+)/.exec(runProgram(["java", "-version"], tmpdir()))?.[1] ?? 0);
  if (java < javaMin) return `Java ${java} is too old for it`;
  return isCached(folderOf(version)) || isInstalled("mvn") ? undefined : "mvn is not on PATH";
}

/** Class path of the broker and its tools; Maven brings the jars where they are missing. */
export function kafkaClassPath(version: KafkaVersion): string {
  const folder = cached(folderOf(version), (unfinished) => download(releases[version], unfinished));
  return join(folder, "jars", "*");
}

function download({ version, logging }: Release, folder: string): void {
  const pom = join(folder, "pom.xml");
  writeFileSync(pom, pomOf([{ group: "org.apache.kafka", name: "kafka_2.13", version }, logging]));
  const jars = join(folder, "jars");
  mkdirSync(jars);
  const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${jars}`, "-DincludeScope=runtime"];
  runProgram(["mvn", "--quiet", "--batch-mode", "--file", pom, ...goal], folder);
}

function pomOf(dependencies: readonly Dependency[]): string {
  const entries = dependencies.map(
    ({ group, name, version }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tidings</groupId><artifactId>kafka-of-the-suites</artifactId><version>1</version>
  <dependencies>${entries.join("")}</dependencies>
</project>
`;
}
