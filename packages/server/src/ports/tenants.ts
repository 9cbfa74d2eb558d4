import type { Budget } from "@tidings/contract/allowances";
import type { CapBody } from "@tidings/contract/caps";
import type { LegalText } from "@tidings/contract/legal-texts";
import type { TenantPreferences } from "@tidings/contract/preferences";
import type { QuietHours } from "@tidings/contract/quiet-hours";

/** A tenant as templates and policy read it. One that nobody has described has its key alone. */
export interface Tenant {
  key: string;
  name: string | undefined;
  branding: Readonly<Record<string, string | number | boolean>>;
  /** Defaults for its recipients; undefined where it has none. */
  preferences?: TenantPreferences | undefined;
  /** Of its recipients who have none. */
  timeZone?: string | undefined;
  quietHours?: QuietHours | undefined;
  /** They hold across all categories. */
  caps?: readonly CapBody[] | undefined;
  /** What stands below messages to its recipients. */
  legalTexts?: readonly LegalText[] | undefined;
  /** What attempts at messages to its recipients may cost a day. */
  budget?: Budget | undefined;
}

/** Tenants in force: what is written is seen within a second. */
export interface Tenants {
  /** The tenant where it is in memory. */
  peek(environmentId: number, key: string): Tenant | undefined;
  load(environmentId: number, key: string): Promise<Tenant>;
}
