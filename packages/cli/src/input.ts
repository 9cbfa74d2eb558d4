import { usage } from "./failure.ts";

type Value = string | boolean | string[];

/** Options and arguments of one call, checked by name already. */
export class Input {
  readonly #options: ReadonlyMap<string, Value>;
  readonly arguments: readonly string[];

  constructor(options: ReadonlyMap<string, Value>, args: readonly string[]) {
    this.#options = options;
    this.arguments = args;
  }

  /** Text of an option; undefined where it was left out. */
  text(name: string): string | undefined {
    const value = this.#options.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** Texts of an option that may come several times. */
  list(name: string): readonly string[] {
    const value = this.#options.get(name);
    return Array.isArray(value) ? value : [];
  }

  flag(name: string): boolean {
    return this.#options.get(name) === true;
  }

  /** A number in a range, both ends included. */
  number(name: string, [min, max]: readonly [number, number]): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < min || value > max)
      throw usage(`--${name} must be a number from ${min} to ${max}, not ${JSON.stringify(text)}`);
    return value;
  }

  whole(name: string, range: readonly [number, number]): number | undefined {
    const value = this.number(name, range);
    if (value !== undefined && !Number.isInteger(value)) throw usage(`--${name} must be a whole number`);
    return value;
  }

  /** One of the words. */
  oneOf<const T extends readonly string[]>(name: string, words: T): T[number] | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = words.find((word) => word === text);
    if (found === undefined) throw usage(`--${name} must be one of ${words.join(", ")}, not ${JSON.stringify(text)}`);
    return found;
  }

  /** An argument that the command requires. */
  argument(index: number): string {
    const value = this.arguments[index];
    if (value === undefined) throw new Error(`the command declares no argument ${index}`);
    return value;
  }
}
