import { tenantBodySchema } from "@tidings/contract/tenants";
import type { TenantStore } from "../../ports/store/tenants.ts";

/** How a page looks: that of the tenant on whose behalf the message was. */
export interface Brand {
  name: string;
  logoUrl: string | undefined;
  /** `#rrggbb`, dark enough for white text on it. */
  color: string;
}

const plain: Brand = { name: "", logoUrl: undefined, color: "#0b57d0" };
/** WCAG 2.2 §1.4.3 asks for 4.5 to 1 between text and its ground. */
const contrastMin = 4.5;

export async function brandOf(
  store: Pick<TenantStore, "getTenant">,
  environmentId: number,
  tenant: string,
): Promise<Brand> {
  const row = tenant === "" ? undefined : await store.getTenant({ environmentId, key: tenant });
  if (row === undefined) return plain;
  const { name = row.key, branding = {} } = tenantBodySchema.parse(JSON.parse(row.document));
  const { logoUrl, color } = branding;
  return { name, logoUrl: isImageUrl(logoUrl) ? logoUrl : undefined, color: isDark(color) ? color : plain.color };
}

/** A URL that stands in the page's policy too, where a space, a comma or a semicolon would begin something else. */
function isImageUrl(value: unknown): value is string {
  if (typeof value !== "string" || value.length > 2048 || !/^https:\/\/[^\s;,'"]+$/.test(value)) return false;
  return URL.canParse(value);
}

function isDark(color: unknown): color is string {
  if (typeof color !== "string" || !/^#[0-9a-f]{6}$/i.test(color)) return false;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(Number.parseInt(color.slice(at, at + 2), 16)));
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= contrastMin;
}

/** Of sRGB, as WCAG reckons relative luminance. */
function linear(value: number): number {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
