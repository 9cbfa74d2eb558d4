import { z } from "zod";

const profileSchema = z.object({ tenant: z.string().optional() });

/** The tenant that a recipient's profile names; empty for none. */
export function profileTenant(profile: string): string {
  return profileSchema.parse(JSON.parse(profile)).tenant ?? "";
}
