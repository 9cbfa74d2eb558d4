import { createHash } from "node:crypto";

/**
 * What a browser may do with the page (Content Security Policy Level 3): run the site's own modules and this import map,
 * and connect to the site and to Tidings. A text that was taken for HTML after all could run nothing.
 */
export function securityHeaders(tidingsUrl: string, importMap: string): Readonly<Record<string, string>> {
  const { origin } = new URL(tidingsUrl);
  const hash = createHash("sha256").update(importMap).digest("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    `connect-src 'self' ${origin} ${origin.replace(/^http/, "ws")}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
}
