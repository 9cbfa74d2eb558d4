/** The text of docs/reference/sdk.md, out of the docstrings of packages/client/src. */
export function generateSdkReference(): string;

/** Examples of those docstrings: `at` is file:line. */
export function sdkExamples(): { at: string; code: string }[];
