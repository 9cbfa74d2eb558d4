import Handlebars from "handlebars";

/** Passes through loops in one rendering, and characters that one loop may make. */
export interface LoopLimits {
  passesMax: number;
  outputLengthMax: number;
}

/** A rendering that was ended by a limit. */
export class RenderLimit extends Error {}

/** A compiled source, run alone or as a partial. */
export type RunTemplate = (context: unknown, options?: Handlebars.RuntimeOptions) => string;

export interface TemplateEnvironment {
  handlebars: typeof Handlebars;
  /** Called before each rendering, as passes are counted per rendering, which is synchronous. Gives what it runs with. */
  startRendering(facts: object, partials: Readonly<Record<string, RunTemplate>>): Handlebars.RuntimeOptions;
  /** Throws a RenderLimit where there were too many. */
  countPass(): void;
  /** Throws a RenderLimit where a part's output is too long. */
  checkLength(output: string): void;
}

/**
 * A Handlebars of its own, whose helpers are exactly the allowed ones; `each` is bounded. For a template at the top it wraps
 * all helpers and builds its rules of access anew each time, 7 KB and most of the time of a subject line; a partial gets
 * both from the template around it. So all templates here are rendered as partials of one that did that once.
 */
export function createEnvironment(limits: LoopLimits): TemplateEnvironment {
  const handlebars = Handlebars.create();
  let passes = 0;
  const countPass = (): void => {
    passes += 1;
    if (passes > limits.passesMax) throw new RenderLimit("loops too often");
  };
  const checkLength = (output: string): void => {
    if (output.length > limits.outputLengthMax) throw new RenderLimit("becomes too long");
  };
  handlebars.unregisterHelper("log");
  handlebars.registerHelper("eq", (left: unknown, right: unknown) => left === right);
  handlebars.registerHelper("json", jsonText);
  handlebars.registerHelper("url", urlText);
  handlebars.registerHelper(
    "each",
    function (this: unknown, context: unknown, options: Handlebars.HelperOptions): string {
      const entries = entriesOf(context);
      if (entries.length === 0) return String(options.inverse(this));
      let output = "";
      for (const [index, [key, value]] of entries.entries()) {
        countPass();
        const data: unknown = Object.assign(Handlebars.createFrame(options.data ?? {}), {
          key,
          index,
          first: index === 0,
          last: index === entries.length - 1,
        });
        output += String(options.fn(value, { data, blockParams: [value, key] }));
        checkLength(output);
      }
      return output;
    },
  );
  const options = optionsOfPartial(handlebars);
  return {
    handlebars,
    startRendering: (facts, partials) => {
      passes = 0;
      return { ...options, partials, data: { root: facts } };
    },
    countPass,
    checkLength,
  };
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

/** A value as it may stand in a URL: what means something there is percent-encoded (RFC 3986 §2.1). */
function urlText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return encodeURIComponent(typeof value === "object" ? JSON.stringify(value) : String(value));
}

/**
 * A value as it may stand inside a JSON text: what would end a string is escaped. An object becomes escaped text as well, so
 * that no value can add fields or elements of its own.
 */
function jsonText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}
