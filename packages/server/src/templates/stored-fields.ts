import type { StoredTemplates } from "../ports/provider.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import type { Step } from "./field-maker.ts";

/** The step that names templates at vendors, with what those are filled with: what our own may read, under the same names. */
export function storedSteps(ids: StoredTemplates["ids"] | undefined): Step[] {
  if (ids === undefined) return [];
  return [
    (facts, content) => {
      content.stored = { ids, data: mergeData(facts) };
    },
  ];
}

function mergeData({ data, recipient, tenant, steps, unsubscribeUrl, preferencesUrl }: TemplateFacts) {
  const { id, locale, attributes } = recipient;
  return {
    data,
    recipient: { id, ...(locale === undefined ? {} : { locale }), attributes },
    ...(tenant === undefined ? {} : { tenant: tenantData(tenant) }),
    ...(steps === undefined ? {} : { steps }),
    ...(unsubscribeUrl === undefined ? {} : { unsubscribeUrl }),
    ...(preferencesUrl === undefined ? {} : { preferencesUrl }),
  };
}

function tenantData({ key, name, branding }: NonNullable<TemplateFacts["tenant"]>) {
  return { key, ...(name === undefined ? {} : { name }), branding };
}
