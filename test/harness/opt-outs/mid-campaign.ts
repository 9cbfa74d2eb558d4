import type { Api } from "../api.ts";
import { type FakeProviderProcess, statsOf } from "../fake-provider-process.ts";
import { until } from "../until.ts";
import { mailReader, phoneOwner, prepareAudience, startCampaigns } from "./audience.ts";
import { allOf, type OptOut, stopBySms, unsubscribe } from "./say-no.ts";

/** Two hundred thousand of them take some minutes. */
export const campaignRecipients = Number(process.env["TIDINGS_TEST_CAMPAIGN_RECIPIENTS"] ?? 5000);
export const isLarge = campaignRecipients >= 50_000;
export const campaignTimeoutMs = 120_000 + campaignRecipients * 4;
/** What paces the campaign: so many of each half are under way in a process, and each takes so long. */
export const providerLatencyMs = isLarge ? 60 : 120;
export const providerLimits = { maxInFlight: isLarge ? 100 : 25 };

const half = Math.floor(campaignRecipients / 2);
/** Of each half, spread over what has not gone out. */
const spread = 100;
/** Of each half, those whose turn comes while the others say no; where more goes out meanwhile, they are further apart. */
const next = 300;
const nextGap = isLarge ? 16 : 2;
/** Part of the audience that has got its message when the others say no. */
const beginsAt = 0.2;

/** Those of one half who say no: one after the other over the rest, then those whose turn is about to come. */
const sayingNo: readonly number[] = [
  ...Array.from({ length: spread }, (_, index) => Math.floor(half * (0.4 + (0.6 * index) / spread))),
  ...Array.from({ length: next }, (_, index) => Math.floor(half * beginsAt) + index * nextGap),
];

export interface MidCampaign {
  campaigns: string[];
  /** Everybody who is about to say no, in their order. */
  saying: (() => Promise<OptOut>)[];
}

/** Prepares the audience, starts the campaigns, and resolves when the first fifth is out. `url` gives the API for each word. */
export async function untilMidCampaign(
  api: Api,
  provider: FakeProviderProcess,
  url: () => string,
): Promise<MidCampaign> {
  const clicking = sayingNo.map(mailReader);
  const to = { url: provider.url, limits: providerLimits };
  const paths = await prepareAudience(api, campaignRecipients, clicking, to);
  const campaigns = await startCampaigns(api);
  const enough = campaignRecipients * beginsAt;
  const isMid = async (): Promise<boolean> => (await statsOf(provider)).messages >= enough;
  await until("a fifth of the audience has its message", isMid, campaignTimeoutMs);
  const saying = sayingNo.flatMap((index) => {
    const { id } = mailReader(index);
    return [() => unsubscribe(url(), id, paths.get(id) ?? ""), () => stopBySms(url(), phoneOwner(index).id)];
  });
  return { campaigns, saying };
}

export const sayAll = ({ saying }: MidCampaign): Promise<OptOut[]> => allOf(saying);
