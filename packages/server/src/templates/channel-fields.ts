import type { TemplateBody } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import { isCodeScheme, isSafeUrl, schemeOf } from "../domain/safe-url.ts";
import { TemplateFault } from "../domain/template-fault.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import { emailSteps } from "./email-fields.ts";
import type { Form, RenderField } from "./field-compiler.ts";
import type { FieldMaker, Step } from "./field-maker.ts";
import { type Laid, lay } from "./locales.ts";

type Fields<Name extends Channel> = NonNullable<TemplateBody[Name]>;

/** The steps that make a channel's message. Throws a TemplateFault where a source is broken, or the channel has none. */
export function stepsOf(template: TemplateBody, channel: Channel, make: FieldMaker): Step[] {
  const laid = <Name extends Channel>(name: Name, base: Fields<Name>): Laid<Fields<Name>> =>
    lay(base, name, make.chain, (locale) => template.locales?.[locale]?.[name]);
  switch (channel) {
    case "email":
      if (template.email === undefined) break;
      return emailSteps(laid("email", template.email), make);
    case "in_app":
      if (template.in_app === undefined) break;
      return inAppSteps(laid("in_app", template.in_app), make);
    case "push":
      if (template.push === undefined) break;
      return titledSteps(laid("push", template.push), make);
    case "webhook":
      if (template.webhook === undefined) break;
      return webhookSteps(laid("webhook", template.webhook), make);
    case "sms":
    case "chat":
    case "voice": {
      const base = template[channel];
      if (base === undefined) break;
      const { fields, pathOf } = laid(channel, base);
      return step("text", "text", fields.text, pathOf, make);
    }
  }
  throw new TemplateFault(channel, undefined, "the template has nothing for this channel");
}

type TextTarget = "subject" | "text" | "body";

/** The step that renders a field as it is; none where the field is not there. */
function step(
  target: TextTarget,
  form: Form,
  source: string | undefined,
  pathOf: (name: string) => string,
  make: FieldMaker,
  name: string = target,
): Step[] {
  if (source === undefined) return [];
  const render = make.field({ field: pathOf(name) }, form, source);
  return [
    (facts, content) => {
      content[target] = render(facts);
    },
  ];
}

function titledSteps({ fields, pathOf }: Laid<Fields<"push">>, make: FieldMaker): Step[] {
  return [
    ...step("subject", "line", fields.title, pathOf, make, "title"),
    ...step("text", "text", fields.text, pathOf, make),
  ];
}

function webhookSteps({ fields, pathOf }: Laid<Fields<"webhook">>, make: FieldMaker): Step[] {
  if (fields.body !== undefined) return step("body", "json", fields.body, pathOf, make);
  return [
    ({ data }, content) => {
      content.body = JSON.stringify(data);
    },
  ];
}

function inAppSteps({ fields, pathOf }: Laid<Fields<"in_app">>, make: FieldMaker): Step[] {
  const { url, imageUrl, actions = [], data } = fields;
  const line = (name: string, source: string) => make.field({ field: pathOf(name) }, "line", source);
  const link = (name: string, source: string | undefined) =>
    source === undefined ? () => undefined : safeLink(pathOf(name), source, line(name, source));
  const renderUrl = link("url", url);
  const renderImageUrl = link("imageUrl", imageUrl);
  const place = pathOf("actions");
  const buttons = actions.map(({ key, label, url: target }, index) => {
    const path = `${place}[${index}]`;
    const field = (name: string, source: string) => make.field({ field: `${path}.${name}` }, "line", source);
    const renderTarget = target === undefined ? () => undefined : safeLink(`${path}.url`, target, field("url", target));
    return { key, label: field("label", label), url: renderTarget };
  });
  const values = Object.entries(data ?? {}).map(
    ([name, source]) => [name, make.field({ field: `${pathOf("data")}.${name}` }, "text", source)] as const,
  );
  const steps = titledSteps({ fields, pathOf }, make);
  if (url === undefined && imageUrl === undefined && buttons.length === 0 && values.length === 0) return steps;
  steps.push((facts, content) => {
    content.inApp = {
      ...known("url", renderUrl(facts)),
      ...known("imageUrl", renderImageUrl(facts)),
      ...(buttons.length === 0
        ? {}
        : {
            actions: buttons.map((button) => ({
              key: button.key,
              label: button.label(facts),
              ...known("url", button.url(facts)),
            })),
          }),
      ...(values.length === 0
        ? {}
        : { data: Object.fromEntries(values.map(([name, render]) => [name, render(facts)])) }),
    };
  });
  return steps;
}

function known<Name extends string>(name: Name, value: string | undefined): { [Key in Name]?: string } {
  const fields: { [Key in Name]?: string } = {};
  if (value !== undefined) fields[name] = value;
  return fields;
}

/** A link that leads where a template's author or a value of a harmless scheme says; left out where it does not. */
function safeLink(field: string, source: string, render: RenderField): (facts: TemplateFacts) => string | undefined {
  const [fixed = ""] = source.split("{{", 1);
  const scheme = schemeOf(fixed);
  if (scheme !== undefined && isCodeScheme(scheme)) throw new TemplateFault(field, 1, `leads to ${scheme}:`);
  return (facts) => {
    const url = render(facts);
    return isSafeUrl(url, scheme) && url !== "" ? url : undefined;
  };
}
