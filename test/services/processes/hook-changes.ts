import type { MessageView } from "@tidings/contract/messages";
import type { Api } from "../../harness/api.ts";

/** What can be seen of a message that shows by which documents it was made. */
export interface Seen {
  message: MessageView;
  body: string;
}

/** A change of a document. */
export interface Change {
  name: string;
  apply(api: Api): Promise<void>;
  /** Whether it was made by what was before. */
  isOld(seen: Seen): boolean;
  /** When the document was read: as the message was planned, or as its attempt began. */
  readAs: "planned" | "started";
}

const secret = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
const hook = (enabled: boolean) => ({ channel: "webhook", provider: "webhook", enabled, secrets: { secret } });
const template = (mark: string) => ({
  webhook: { body: `{"n":"{{data.n}}","mark":"${mark} {{tenant.branding.mark}}"}` },
});
const steps = (id: string) => [{ id, type: "channel", channel: "webhook", template: "hook" }];

/** Events `hook` of the tenant `acme` go to the address of their recipient. */
export async function configureHook(api: Api): Promise<void> {
  await api.put("/v1/templates/hook", template("first"));
  await api.put("/v1/tenants/acme", { branding: { mark: "one" } });
  await api.put("/v1/integrations/hook-a", hook(true));
  await api.put("/v1/workflows/hook", { event: "hook", category: "transactional", steps: steps("before") });
}

export const changes: readonly Change[] = [
  {
    name: "a template",
    apply: (api) => api.put("/v1/templates/hook", template("second")),
    isOld: ({ body }) => body.includes("first"),
    readAs: "planned",
  },
  {
    name: "a tenant",
    apply: (api) => api.put("/v1/tenants/acme", { branding: { mark: "two" } }),
    isOld: ({ body }) => body.includes("one"),
    readAs: "started",
  },
  {
    name: "a workflow",
    apply: (api) => api.put("/v1/workflows/hook", { event: "hook", category: "transactional", steps: steps("after") }),
    isOld: ({ message }) => message.step === "before",
    readAs: "planned",
  },
  {
    name: "an integration",
    apply: async (api) => {
      await api.put("/v1/integrations/hook-b", { ...hook(true), priority: 0 });
      await api.put("/v1/integrations/hook-a", hook(false));
    },
    isOld: ({ message }) => message.attempts.some(({ integration }) => integration === "hook-a"),
    readAs: "started",
  },
];
