import type { ConfigurationFault, DocumentKind } from "@tidings/contract/configuration";
import { tenantBodySchema } from "@tidings/contract/tenants";
import { z } from "zod";
import { sealContext } from "../domain/event-payload.ts";
import { TidingsError } from "../errors.ts";
import type { DocumentKey, DocumentWrite } from "../ports/store/configuration.ts";
import type { ApiKeyring } from "./api-keyring.ts";
import { type ConfigurationDocument, parseDocument } from "./configuration-documents.ts";
import { checkPrepared, type Prepared, type SetRulesParts } from "./set-rules.ts";
import { valid } from "./validation.ts";

export interface PrepareSetParts extends SetRulesParts {
  keyring: Pick<ApiKeyring, "sealForEnvironment" | "unsealForEnvironment">;
}

/** As the contract's ConfigurationSet, whose documents are not parsed yet. */
export interface GivenSet {
  documents: readonly { kind: DocumentKind; key: string; document: unknown; origin?: string | undefined }[];
  delete?: readonly DocumentKey[] | undefined;
  expect?: readonly (DocumentKey & { version: number })[] | undefined;
}

export interface PreparedSet {
  writes: DocumentWrite[];
  faults: ConfigurationFault[];
  /** Documents that use what changes and were not checked, as they are too many. */
  unchecked: number;
}

const secretsSchema = z.record(z.string(), z.string());

/**
 * Shape, secrets and rules of documents that are to be written together: each is checked against all others as they
 * would be then. Where shapes are wrong, the rules between documents are not asked.
 */
export async function prepareSet(
  parts: PrepareSetParts,
  environmentId: number,
  { documents, delete: deletes = [] }: GivenSet,
): Promise<PreparedSet> {
  const faults = doubles([...documents, ...deletes]);
  const writes: DocumentWrite[] = [];
  const prepared: Prepared[] = [];
  for (const { kind, key, document, origin = "" } of documents) {
    try {
      if (kind === "tenant") {
        const text = JSON.stringify(valid(tenantBodySchema, document));
        writes.push({ kind, key, document: text, secrets: null, secretNames: [], origin });
        continue;
      }
      const one = await prepare(parts, environmentId, key, parseDocument(kind, document), origin);
      writes.push(one.write);
      prepared.push(one);
    } catch (error) {
      if (!(error instanceof TidingsError)) throw error;
      faults.push(...error.faults.map(({ path, message }) => ({ kind, key, path, message })));
    }
  }
  if (faults.length > 0) return { writes, faults, unchecked: 0 };
  return { writes, ...(await checkPrepared(parts, environmentId, prepared, deletes)) };
}

/** Those given, or those stored where none are given. Equal ones stay as they were sealed, which makes no new version. */
async function prepare(
  { store, keyring }: PrepareSetParts,
  environmentId: number,
  key: string,
  written: ConfigurationDocument,
  origin: string,
): Promise<Prepared> {
  const { kind } = written;
  if (written.kind !== "integration" && written.kind !== "source") {
    const document = JSON.stringify(written.document);
    return { written, secrets: {}, write: { kind, key, document, secrets: null, secretNames: [], origin } };
  }
  const { secrets: named = {}, ...rest } = written.document;
  const given = secretsSchema.parse(named);
  const stored = (await store.getConfiguration({ environmentId, kind, key }))?.secrets ?? null;
  const before = openSecrets(keyring, environmentId, stored);
  const keeps = Object.keys(given).length === 0 || isSame(given, before);
  const secrets = keeps ? before : given;
  const sealed = keeps ? stored : keyring.sealForEnvironment(environmentId, sealContext.secrets, JSON.stringify(given));
  const secretNames = Object.keys(secrets).sort();
  const document = JSON.stringify(rest);
  return { written, secrets, write: { kind, key, document, secrets: sealed, secretNames, origin } };
}

export function openSecrets(
  keyring: Pick<ApiKeyring, "unsealForEnvironment">,
  environmentId: number,
  sealed: string | null,
): Record<string, string> {
  if (sealed === null) return {};
  return secretsSchema.parse(JSON.parse(keyring.unsealForEnvironment(environmentId, sealContext.secrets, sealed)));
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function doubles(documents: readonly { kind: DocumentKind; key: string }[]): ConfigurationFault[] {
  const seen = new Set<string>();
  return documents.flatMap(({ kind, key }) => {
    const name = `${kind} ${key}`;
    if (seen.has(name)) return [{ kind, key, path: "", message: "is there twice" }];
    seen.add(name);
    return [];
  });
}

/** What a set asks for beside its documents, as the store takes it. */
export function sidesOf({ delete: deletes = [], expect: expected = [] }: GivenSet) {
  return { deletes, expected };
}
