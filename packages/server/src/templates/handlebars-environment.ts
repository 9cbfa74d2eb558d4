import Handlebars from "handlebars";
import { registerFormatHelpers } from "./format-helpers.ts";
import type { Formats } from "./formats.ts";
import { registerGuards } from "./guard-helpers.ts";
import type { Rendering } from "./rendering.ts";

/** A compiled source, run alone or as a partial. */
export type RunTemplate = (context: unknown, options?: Handlebars.RuntimeOptions) => string;

export interface TemplateEnvironment {
  handlebars: typeof Handlebars;
  /** What a template is run with. */
  optionsFor(facts: object, partials: Readonly<Record<string, RunTemplate>>): Handlebars.RuntimeOptions;
}

/**
 * A Handlebars of its own, whose helpers are exactly the allowed ones; `each` is bounded. For a template at the top it wraps
 * all helpers and builds its rules of access anew each time, 7 KB and most of the time of a subject line; a partial gets
 * both from the template around it. So all templates here are rendered as partials of one that did that once.
 */
export function createEnvironment(rendering: Rendering, formats: Formats): TemplateEnvironment {
  const handlebars = Handlebars.create();
  handlebars.unregisterHelper("log");
  handlebars.registerHelper("eq", (left: unknown, right: unknown) => left === right);
  handlebars.registerHelper(
    "each",
    function (this: unknown, context: unknown, options: Handlebars.HelperOptions): string {
      const entries = entriesOf(context);
      if (entries.length === 0) return String(options.inverse(this));
      let output = "";
      for (const [index, [key, value]] of entries.entries()) {
        rendering.countPass();
        const data: unknown = Object.assign(Handlebars.createFrame(options.data ?? {}), {
          key,
          index,
          first: index === 0,
          last: index === entries.length - 1,
        });
        output += String(options.fn(value, { data, blockParams: [value, key] }));
        rendering.checkLength(output);
      }
      return output;
    },
  );
  registerFormatHelpers(handlebars, rendering, formats);
  registerGuards(handlebars, rendering);
  const options = optionsOfPartial(handlebars);
  return { handlebars, optionsFor: (facts, partials) => ({ ...options, partials, data: { root: facts } }) };
}

/** What Handlebars gives to a partial. */
function optionsOfPartial(handlebars: typeof Handlebars): Handlebars.RuntimeOptions {
  let given: Handlebars.RuntimeOptions | undefined;
  const partial = (_context: unknown, options?: Handlebars.RuntimeOptions): string => {
    given = options;
    return "";
  };
  const access = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };
  handlebars.compile("{{> inner}}")({}, { ...access, partials: { inner: partial } });
  if (given?.partial !== true) throw new Error("this Handlebars does not tell a partial how to run");
  return given;
}

function entriesOf(context: unknown): [string | number, unknown][] {
  if (Array.isArray(context)) return context.map((value: unknown, index) => [index, value]);
  return typeof context === "object" && context !== null ? Object.entries(context) : [];
}
