import type { Api } from "../test/harness/api.ts";

/** Messages that a person may get within a day. */
export const capMax = 20;

/** Half an hour that lies 12 hours away: quiet hours that are asked each time, and never now. */
function windowFarFromNow(): { from: string; to: string } {
  const hour = String((new Date().getUTCHours() + 12) % 24).padStart(2, "0");
  return { from: `${hour}:00`, to: `${hour}:30` };
}

/**
 * Preferences and consents of every recipient (`r0`, `r1` and so on), defaults of the environment, and a category with quiet hours, a send
 * window and a cap that all hold and let everything pass.
 */
export async function decideByPolicy(api: Api, category: string, recipients: number): Promise<void> {
  const quietHours = windowFarFromNow();
  const hour = new Date().getUTCHours();
  const at = (offset: number): string => `${String((hour + offset + 24) % 24).padStart(2, "0")}:00`;
  await api.put(`/v1/categories/${category}`, {
    class: category,
    retry: { delaysSeconds: [1, 1, 2, 2, 4, 4, 8, 8, 16, 16] },
    preferences: { email: "on", all: "off" },
    quietHours,
    sendWindow: { from: at(-6), to: at(6) },
    caps: [{ limit: capMax, windowSeconds: 86_400, channels: ["email"], over: "drop" }],
  });
  await api.put("/v1/policies/environment", {
    preferences: { all: "on" },
    defaultCountry: "AT",
    jurisdictions: [{ countries: ["AT"], channels: ["email"], classes: [category], rule: "opt_in" }],
  });
  await inParts(recipients, 200, async (index) => {
    const id = `r${index}`;
    await api.put(`/v1/recipients/${id}/preferences`, {
      all: { email: "on", sms: "off" },
      categories: { news: { all: "off" }, [category]: { email: "on" } },
      workflows: { critical: { email: "on" } },
    });
    const consent = { purpose: category, channel: "email", action: "granted", source: "form" };
    const { status } = await api.call("POST", `/v1/recipients/${id}/consents`, consent);
    if (status !== 201) throw new Error(`a consent was answered with ${status}`);
  });
}

async function inParts(count: number, part: number, run: (index: number) => Promise<void>): Promise<void> {
  for (let start = 0; start < count; start += part) {
    const size = Math.min(part, count - start);
    await Promise.all(Array.from({ length: size }, (_, offset) => run(start + offset)));
  }
}
