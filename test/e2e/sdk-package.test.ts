import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** The SDK as a project gets it from a registry: packed, unpacked, and without this repository around it. */

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tidings package "));
const run = promisify(execFile);

const program = `
import { type EventsOf, type EventView, Tidings, TidingsInputError } from "@tidings/client";
const workflows = { w: { event: "e", data: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] } } } as const;
const tidings = new Tidings<EventsOf<typeof workflows>>({ apiKey: "k", baseUrl: "http://127.0.0.1:1", retries: 0 });
export const event: Promise<EventView> = tidings.events.get("no id");
// @ts-expect-error no such call
tidings.events.nothing;
// @ts-expect-error a text is no number
tidings.events.send("e", { recipients: ["u"], data: { n: "1" } }).catch(() => {});
event.catch((error: unknown) => console.log(error instanceof TidingsInputError && error.faults[0]?.path));
`;

async function unpack(name: string): Promise<string> {
  const place = join(folder, "node_modules/@tidings", name);
  mkdirSync(place, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: join(root, "packages", name),
  });
  await run("tar", ["-xzf", join(folder, stdout.trim()), "-C", place, "--strip-components=1"]);
  return place;
}

beforeAll(async () => {
  await Promise.all(["contract", "client"].map(unpack));
  symlinkSync(join(root, "node_modules/zod"), join(folder, "node_modules/zod"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "program.ts"), program);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Compiles the program, and gives what the compiler says. What the packages' declarations cannot resolve would be `any`,
 * which the program's expected errors notice; checking the declarations of zod and of the DOM takes 10 s a time.
 */
function compile(options: ts.CompilerOptions): string[] {
  const target = ts.ScriptTarget.ES2023;
  const all = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, types: [], target, ...options };
  const compiled = ts.createProgram([join(folder, "program.ts")], { ...all, outDir: folder });
  const { diagnostics } = compiled.emit();
  return [...ts.getPreEmitDiagnostics(compiled), ...diagnostics].map(({ file, messageText }) =>
    [file?.fileName ?? "", ts.flattenDiagnosticMessageText(messageText, "\n")].join(" "),
  );
}

describe("the packed SDK", () => {
  test("compiles in projects for browsers, for the edge and with a bundler, and runs", {
    timeout: 120_000,
  }, async () => {
    const lib = (name: string) => ["lib.es2023.d.ts", `lib.${name}.d.ts`];
    const nodeNext = { module: ts.ModuleKind.NodeNext };
    const bundler = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
    expect(compile({ ...nodeNext, lib: lib("dom") })).toEqual([]);
    expect(compile({ ...bundler, lib: lib("webworker") })).toEqual([]);
    const { stdout } = await run(process.execPath, [join(folder, "program.js")]);
    expect(stdout).toBe("id\n");
  });

  test("holds what its exports and source maps name, and no tests", () => {
    const place = join(folder, "node_modules/@tidings/client");
    const files = readdirSync(place, { recursive: true }).map(String);
    const { exports } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
    const named = Object.values(exports).flatMap((entry) =>
      Object.values(entry ?? {}).map((path) => String(path).slice(2)),
    );
    expect(files).toEqual(expect.arrayContaining([...named, "README.md", "dist/errors.js.map", "src/errors.ts"]));
    expect(files.filter((name) => /\.test\.|testing/.test(name))).toEqual([]);
  });
});
