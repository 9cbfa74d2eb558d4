import type { Browser, BrowserContext, Locator, Page } from "playwright-core";

/** How long a page may take for what it is waited for, ms. */
const patienceMs = 30_000;

/** Somebody with a browser of their own, signed in at the example's site, with the inbox connected. */
export interface Visitor {
  context: BrowserContext;
  page: Page;
  items: Locator;
  badge: Locator;
  /** Errors that nobody caught, and what the page's security policy refused. */
  faults: string[];
  /** How often the page was loaded since its inbox was there first. */
  loads: number;
  comment(to: string, text: string): Promise<void>;
  /** Waits until there are as many items with the text; all items where there is none. */
  count(items: number, text?: string): Promise<void>;
  unread(count: number): Promise<void>;
  state(state: string): Promise<void>;
}

export async function visit(browser: Browser, url: string, user: string): Promise<Visitor> {
  const context = await browser.newContext();
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const faults = faultsOf(page);
  await page.goto(url);
  await page.getByLabel("Your name").fill(user);
  await page.getByRole("button", { name: "Sign in" }).click();
  const visitor = onPage(context, page, faults);
  await visitor.state("open");
  page.on("load", () => {
    visitor.loads += 1;
  });
  return visitor;
}

function onPage(context: BrowserContext, page: Page, faults: string[]): Visitor {
  const items = page.getByRole("list").getByRole("listitem");
  const badge = page.locator("#badge");
  const exactly = (text: string | number) => new RegExp(`^${text}$`);
  return {
    context,
    page,
    items,
    badge,
    faults,
    loads: 0,
    async comment(to, text) {
      await page.getByLabel("To").fill(to);
      await page.getByLabel("Comment", { exact: true }).fill(text);
      await page.getByRole("button", { name: "Send" }).click();
      await page.locator("#sent", { hasText: exactly("sent") }).waitFor();
    },
    async count(count, text) {
      const found = text === undefined ? items : items.filter({ hasText: text });
      if (count > 0) await found.nth(count - 1).waitFor();
      await found.nth(count).waitFor({ state: "detached" });
    },
    unread: (count) => badge.filter({ hasText: exactly(count) }).waitFor(),
    async state(state) {
      try {
        await page.locator("#connection", { hasText: exactly(state) }).waitFor();
      } catch (cause) {
        const said = await page.locator("#connection").textContent({ timeout: 1000 });
        throw new Error(`the connection is not ${state} but: ${said}; faults: ${faults.join("; ")}`, { cause });
      }
    },
  };
}

/** A connection that fails is told in the console too, and is no fault of the page. */
function faultsOf(page: Page): string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    const isNetwork = /net::ERR_CONNECTION_(REFUSED|RESET|CLOSED)/.test(message.text());
    if (message.type() === "error" && !isNetwork) faults.push(message.text());
  });
  return faults;
}
