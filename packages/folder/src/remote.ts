import type {
  ConfigurationChange,
  ConfigurationCheck,
  ConfigurationSet,
  DocumentKind,
} from "@tidings/contract/configuration";

/** A document as a server has it now. */
export interface RemoteDocument {
  kind: DocumentKind;
  key: string;
  version: number;
  document: unknown;
  secretNames?: readonly string[];
}

/** What is asked of a server: the CLI implements it with the SDK, of one environment each. */
export interface ConfigurationRemote {
  /** Name of the environment. */
  environment: string;
  /** All current documents of a kind. */
  list(kind: DocumentKind): Promise<RemoteDocument[]>;
  /** `POST /v1/configuration/check`. */
  check(set: ConfigurationSet): Promise<ConfigurationCheck>;
  /** `POST /v1/configuration/apply`. */
  apply(set: ConfigurationSet): Promise<ConfigurationChange[]>;
}

/** Kinds in the order in which a folder, and a difference, shows them. */
export const kindsInOrder: readonly DocumentKind[] = [
  "category",
  "integration",
  "source",
  "workflow",
  "template",
  "layout",
  "partial",
  "tenant",
  "policy",
  "segment",
];

export async function listAll(
  remote: Pick<ConfigurationRemote, "list">,
  kinds: readonly DocumentKind[],
): Promise<RemoteDocument[]> {
  const all: RemoteDocument[] = [];
  for (const kind of kinds) all.push(...(await remote.list(kind)));
  return all;
}
