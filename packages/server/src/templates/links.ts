import { isWebUrl } from "@tidings/contract/rich-content";
import { isCodeScheme, isSafeUrl, schemeOf } from "../domain/safe-url.ts";
import { TemplateFault } from "../domain/template-fault.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import type { RenderField } from "./field-compiler.ts";

/** What a field becomes; undefined where it is left out. */
export type RenderOptional = (facts: TemplateFacts) => string | undefined;

/** A link that leads where a template's author or a value of a harmless scheme says; left out where it does not. */
export function safeLink(field: string, source: string, render: RenderField): RenderOptional {
  const [fixed = ""] = source.split("{{", 1);
  const scheme = schemeOf(fixed);
  if (scheme !== undefined && isCodeScheme(scheme)) throw new TemplateFault(field, 1, `leads to ${scheme}:`);
  return (facts) => {
    const url = render(facts);
    return isSafeUrl(url, scheme) && url !== "" ? url : undefined;
  };
}

/**
 * The address of what a device or a vendor loads, or opens: http or https, whole. Left out where values make something else of it;
 * refused where its author wrote another scheme.
 */
export function webLink(field: string, source: string, render: RenderField): RenderOptional {
  const [fixed = ""] = source.split("{{", 1);
  const scheme = schemeOf(fixed);
  const isWeb = fixed === source ? isWebUrl(source) : scheme === undefined || scheme === "http" || scheme === "https";
  if (!isWeb) throw new TemplateFault(field, 1, "must lead to http or https");
  return (facts) => {
    const url = render(facts);
    return isWebUrl(url) ? url : undefined;
  };
}

/** A field of that name, where there is a value for it. */
export function known<Name extends string>(name: Name, value: string | undefined): { [Key in Name]?: string } {
  const fields: { [Key in Name]?: string } = {};
  if (value !== undefined) fields[name] = value;
  return fields;
}
