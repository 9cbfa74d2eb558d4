import { z } from "zod";
import type { Api } from "../api.ts";
import { feedbackSecret } from "../configure-fake.ts";
import { fillTopic, type Person } from "../fill-topic.ts";
import { until } from "../until.ts";
import { startLinkCollector } from "./link-collector.ts";

/* Half of a campaign's audience gets it by mail, the other half by SMS: a topic, an event and a workflow of one step for each. */

export const halves = ["mail", "sms"] as const;
export type Half = (typeof halves)[number];

const number = (index: number): string => String(index).padStart(7, "0");
export const mailReader = (index: number): Person => ({
  id: `mail_${number(index)}`,
  email: `m${number(index)}@example.org`,
});
export const phoneOwner = (index: number): Person => ({ id: `sms_${number(index)}`, phone: `+43660${number(index)}` });
/** Whose number it is, by their id. */
export const phoneOf = (id: string): string => `+43660${id.slice("sms_".length)}`;

export const category = "news";
/** The integration that replies come to. */
export const phones = "phones";

const simulator = (channel: string, baseUrl: string, limits: object) => ({
  channel,
  priority: 1,
  provider: "simulator",
  settings: { baseUrl },
  secrets: { feedbackSecret },
  limits: { timeoutMs: 10_000, ...limits },
});

/** Writes documents and people, and gives the paths by which some of them say no with one click: out of a mail that they got. */
export async function prepareAudience(
  api: Api,
  recipients: number,
  clicking: readonly Person[],
  provider: { url: string; limits: object },
): Promise<ReadonlyMap<string, string>> {
  const collector = await startLinkCollector();
  try {
    // All processes have heard of it by the time that there are people.
    await api.put("/v1/integrations/mails", simulator("email", collector.url, {}));
    // Confirmations are no part of the campaign, and may come twice out of a process that stood still.
    const silent = { ...simulator("sms", provider.url, provider.limits), answersKeywords: false };
    await api.put(`/v1/integrations/${phones}`, silent);
    const delaysSeconds = [1, 1, 2, 2, 4, 4, 8, 8, 16, 16];
    await api.put(`/v1/categories/${category}`, { class: "marketing", retry: { delaysSeconds } });
    await api.put("/v1/templates/news", { email: { subject: "News", text: "News" }, sms: { text: "News" } });
    await api.put("/v1/templates/welcome", { email: { subject: "Welcome", text: "{{{unsubscribeUrl}}}" } });
    for (const half of halves) await prepareHalf(api, half, Math.floor(recipients / 2));
    await Promise.all(clicking.map(({ id }) => welcome(api, id)));
    await until("all links are there", () => clicking.every(({ email = "" }) => collector.texts.has(email)));
    const pathOf = ({ email = "" }: Person): string => new URL((collector.texts.get(email) ?? "").trim()).pathname;
    const paths = new Map(clicking.map((person) => [person.id, pathOf(person)]));
    await api.put("/v1/integrations/mails", simulator("email", provider.url, provider.limits));
    return paths;
  } finally {
    collector.close();
  }
}

async function prepareHalf(api: Api, half: Half, recipients: number): Promise<void> {
  const channel = half === "mail" ? "email" : "sms";
  const steps = [{ id: "send", type: "channel", channel, template: "news" }];
  await api.put(`/v1/workflows/news-${half}`, { event: `news.${half}`, category, steps });
  await fillTopic(api, half, recipients, half === "mail" ? mailReader : phoneOwner);
}

async function welcome(api: Api, to: string): Promise<void> {
  const { status, json } = await api.call("POST", "/v1/messages", {
    channel: "email",
    to,
    category,
    template: "welcome",
  });
  if (status !== 202) throw new Error(`a message got ${status}: ${JSON.stringify(json)}`);
}

/** Starts the campaign of each half; gives their ids. */
export async function startCampaigns(api: Api): Promise<string[]> {
  const ids: string[] = [];
  for (const half of halves) {
    const body = { name: `News by ${half}`, event: `news.${half}`, recipients: [{ topic: half }] };
    const { status, json } = await api.call("POST", "/v1/campaigns", body);
    if (status !== 202) throw new Error(`a campaign got ${status}: ${JSON.stringify(json)}`);
    ids.push(z.object({ id: z.string() }).parse(json).id);
  }
  return ids;
}
