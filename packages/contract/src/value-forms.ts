/** What a value that comes from elsewhere, or goes there, may be made into. */
export const valueForms = ["text", "number", "digits", "json", "base64", "seconds", "iso", "isoOfSeconds"] as const;
export type ValueForm = (typeof valueForms)[number];
