import { type Preview, previewBodySchema } from "@tidings/contract/previews";
import type { RecipientBody } from "@tidings/contract/recipients";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import { tenantBodySchema } from "@tidings/contract/tenants";
import { sealContext } from "../domain/event-payload.ts";
import { parseProfile, parseSecrets } from "../domain/recipient-view.ts";
import { TemplateFault } from "../domain/template-fault.ts";
import { faultOfTemplate } from "../domain/template-rules.ts";
import { TidingsError } from "../errors.ts";
import type { RenderedContent } from "../ports/provider.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import type { Tenant } from "../ports/tenants.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { storedLibrary } from "./stored-documents.ts";
import { body, parameter } from "./validation.ts";

type Parts = Pick<ApiDependencies, "configuration" | "store" | "keyring" | "templates">;

/** A preview is for nobody, so its links lead nowhere (RFC 2606 §2). */
export const exampleLinks = {
  unsubscribeUrl: "https://preview.invalid/u/link",
  preferencesUrl: "https://preview.invalid/p/link",
  confirmUrl: "https://preview.invalid/p/confirm/link",
};

/** Renders a template without sending or storing anything. */
export function previewHandlers(parts: Parts): Handlers {
  return {
    previewTemplate: async (request, { environmentId }) => {
      const wanted = body(previewBodySchema, request);
      const template =
        wanted.template ?? (await storedTemplate(parts, environmentId, parameter(request, "key"), wanted.version));
      const library = await storedLibrary(parts.configuration.store, environmentId, template);
      const prefix = wanted.template === undefined ? "" : "template.";
      refuse(wanted.template === undefined ? [] : parts.templates.templateFaults(template, library), prefix);
      const recipient = await recipientOf(parts, environmentId, wanted.recipient);
      const facts: TemplateFacts = {
        data: wanted.data ?? {},
        recipient: { ...recipient, locale: wanted.locale ?? recipient.locale },
        message: { id: "00000000-0000-8000-8000-000000000000" },
        ...exampleLinks,
        tenant: wanted.tenant === undefined ? undefined : await tenantOf(parts, environmentId, wanted.tenant),
      };
      try {
        const { content, missing } = parts.templates.preview(template, wanted.channel, library, facts);
        return previewOf(content, missing);
      } catch (error) {
        if (!(error instanceof TemplateFault)) throw error;
        return refuse([error], prefix);
      }
    },
  };
}

function refuse(faults: readonly TemplateFault[], prefix: string): void {
  if (faults.length === 0) return;
  throw new TidingsError("validation_failed", {
    faults: faults
      .map(faultOfTemplate)
      .map((fault) => (fault.path === "" ? fault : { ...fault, path: prefix + fault.path })),
  });
}

async function storedTemplate(
  { configuration }: Parts,
  environmentId: number,
  key: string,
  version: number | undefined,
): Promise<TemplateBody> {
  const at = version === undefined ? {} : { version };
  const row = await configuration.store.getConfiguration({ environmentId, kind: "template", key, ...at });
  if (row === undefined) throw new TidingsError("not_found");
  return templateBodySchema.parse(JSON.parse(row.document));
}

async function recipientOf(
  { store, keyring }: Parts,
  environmentId: number,
  given: string | ({ id: string } & RecipientBody) | undefined,
): Promise<TemplateFacts["recipient"]> {
  if (given === undefined) return { id: "preview", attributes: {} };
  if (typeof given !== "string") {
    const { id, locale, timeZone, attributes, personal } = given;
    return { id, locale, timeZone, attributes: { ...attributes, ...personal } };
  }
  const row = await store.getRecipient({ environmentId, id: given });
  if (row === undefined)
    throw new TidingsError("validation_failed", {
      faults: [{ path: "recipient", message: "there is no such recipient" }],
    });
  const { locale, timeZone, attributes } = parseProfile(row.profile);
  const { personal } = parseSecrets(keyring.unsealForRecipient(row.wrappedKey, sealContext.recipient, row.sealed));
  return { id: row.id, locale, timeZone, attributes: { ...attributes, ...personal } };
}

export async function tenantOf({ store }: Pick<Parts, "store">, environmentId: number, key: string): Promise<Tenant> {
  const row = await store.getTenant({ environmentId, key });
  const { name, branding = {} } = row === undefined ? {} : tenantBodySchema.parse(JSON.parse(row.document));
  return { key, name, branding };
}

export function previewOf(content: RenderedContent, missing: readonly TemplateFault[]): Preview {
  const { locale, attachments, inApp, mediaUrls, stored, ...texts } = content;
  const files = attachments?.map(({ content: file, ...rest }) => ({
    ...rest,
    bytes: typeof file === "string" ? Buffer.byteLength(file, "base64") : file.length,
  }));
  return {
    content: {
      ...texts,
      ...(files === undefined ? {} : { attachments: files }),
      ...(inApp === undefined ? {} : { inApp: { ...inApp, actions: inApp.actions && [...inApp.actions] } }),
      ...(mediaUrls === undefined ? {} : { mediaUrls: [...mediaUrls] }),
      ...(stored === undefined ? {} : { stored: { ...stored } }),
    },
    ...(locale === undefined ? {} : { locale }),
    warnings: missing.map(({ field, document, line, variable = "", message }) => ({
      path: field,
      ...(document === undefined ? {} : { document }),
      ...(line === undefined ? {} : { line }),
      variable,
      message,
    })),
  };
}
