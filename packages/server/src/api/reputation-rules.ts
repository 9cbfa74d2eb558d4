import { categoryBodySchema } from "@tidings/contract/categories";
import type { Fault } from "@tidings/contract/errors";
import { integrationBodySchema } from "@tidings/contract/integrations";
import type { Lane } from "@tidings/contract/words";
import { type Sender, sharedReputation, sharingSender } from "../domain/reputation.ts";
import type { ConfigurationStore } from "../ports/store/configuration.ts";
import { storedDocuments } from "./stored-documents.ts";

type Reads = Pick<ConfigurationStore, "getConfiguration" | "listConfiguration">;

/** Where there is nothing but marketing, or none of it, there is nothing that it could spoil. */
async function hasBoth(store: Reads, environmentId: number): Promise<boolean> {
  const classes = new Set<Lane>();
  for await (const { document } of storedDocuments(store, environmentId, "category", categoryBodySchema))
    classes.add(document.class);
  return classes.has("marketing") && classes.size > 1;
}

async function sendersOf(store: Reads, environmentId: number): Promise<Sender[]> {
  const senders: Sender[] = [];
  for await (const sender of storedDocuments(store, environmentId, "integration", integrationBodySchema))
    senders.push(sender);
  return senders;
}

/** An integration is refused by which marketing would share the reputation of what is transactional or critical. */
export async function integrationReputationFaults(store: Reads, environmentId: number, key: string): Promise<Fault[]> {
  if (!(await hasBoth(store, environmentId))) return [];
  return sharedReputation(key, await sendersOf(store, environmentId));
}

/** So is a category that would be the first of its kind beside the others, where integrations are shared already. */
export async function categoryReputationFaults(store: Reads, environmentId: number): Promise<Fault[]> {
  if (!(await hasBoth(store, environmentId))) return [];
  const sharing = sharingSender(await sendersOf(store, environmentId));
  if (sharing === undefined) return [];
  const { key, fault } = sharing;
  return [{ path: "class", message: `would share the integration ${key}: ${fault.path} ${fault.message}` }];
}
