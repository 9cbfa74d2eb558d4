import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { apiPages } from "./docs/api-pages.mjs";
import { errorsPage } from "./docs/errors-page.mjs";
import { settingsPage } from "./docs/settings-page.mjs";
import { generateSdkReference } from "./docs-sdk.mjs";
import { Failure, isMain, main, root } from "./process.mjs";

const reference = join(root, "docs", "reference");

const built = (path) => import(pathToFileURL(join(root, "packages", path)).href);

/** Every page of docs/reference, by its path there, made from what is built. The same sources give the same pages. */
async function referencePages() {
  const { routes } = await built("contract/dist/routes.js");
  const { openApiDocument } = await built("contract/dist/openapi.js");
  const { errorCodes } = await built("contract/dist/errors.js");
  const { errorAdvice } = await built("contract/dist/error-advice.js");
  const { routeText } = await built("contract/dist/route-texts.js");
  const { routeExamples } = await built("contract/dist/route-examples.js");
  const { generateCliReference } = await built("cli/dist/cli-reference.js");
  const { describeSettings } = await built("server/dist/config.js");
  const document = openApiDocument("0");
  tellUndescribed(document);
  const api = apiPages({ document, routes, routeText, routeExamples, errorCodes });
  return {
    ...Object.fromEntries(Object.entries(api).map(([name, text]) => [`api/${name}`, text])),
    "cli.md": generateCliReference(),
    "errors.md": errorsPage(errorCodes, errorAdvice),
    "sdk.md": generateSdkReference(),
    "settings.md": settingsPage(describeSettings()),
  };
}

/** Fields without a text are no fault, but a gap that whoever adds a field should see. */
function tellUndescribed({ components }) {
  const missing = Object.entries(components.schemas).flatMap(([name, schema]) =>
    Object.entries(schema.properties ?? {}).flatMap(([field, inner]) =>
      inner.description ? [] : [`${name}.${field}`],
    ),
  );
  if (missing.length > 0) console.warn(`Without a text in packages/contract/src/texts: ${missing.join(", ")}`);
}

/** Writes docs/reference; with `check` it fails where that would change, add or remove a file. */
export async function docs({ check = false } = {}) {
  const pages = await referencePages();
  const stale = present().filter((path) => pages[path] === undefined);
  const changed = Object.entries(pages).filter(([path, text]) => text !== read(path));
  if (check && stale.length + changed.length > 0) {
    const names = [...changed.map(([path]) => path), ...stale].sort().join(", ");
    throw new Failure(`docs/reference does not say what the code says (${names}). Run: npm run docs`);
  }
  for (const path of stale) rmSync(join(reference, path));
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(reference, path)), { recursive: true });
    writeFileSync(join(reference, path), text);
  }
}

/** Pages of the API that lie there; other pages of docs/reference are not made here, or are always. */
function present() {
  const folder = join(reference, "api");
  return existsSync(folder) ? readdirSync(folder).map((name) => `api/${name}`) : [];
}

function read(path) {
  const file = join(reference, path);
  return existsSync(file) ? readFileSync(file, "utf8").replaceAll("\r\n", "\n") : undefined;
}

if (isMain(import.meta.url)) await main(() => docs({ check: process.argv.includes("--check") }));
