/** Why a store is not moved, for its operator: a state of the source or the destination, or a difference that was found. */
export class MoveRefused extends Error {
  override name = "MoveRefused";
  readonly outcome: "usage" | "difference";
  readonly hint: string | undefined;

  constructor(message: string, options: { outcome?: "usage" | "difference"; hint?: string } = {}) {
    super(message);
    this.outcome = options.outcome ?? "usage";
    this.hint = options.hint;
  }
}
