const absolute = /^[\0- ]*https?:\/\//i;
const schemes: ReadonlySet<string> = new Set(["http:", "https:"]);

/**
 * Where a link leads, as browsers read it (https://url.spec.whatwg.org/); undefined for what nobody is led to from here: all that
 * is not http or https with its host, and what bears a name or password.
 */
export function clickTarget(href: string): string | undefined {
  if (!absolute.test(href) || !URL.canParse(href)) return undefined;
  const url = new URL(href);
  return schemes.has(url.protocol) && url.username === "" && url.password === "" ? url.href : undefined;
}
