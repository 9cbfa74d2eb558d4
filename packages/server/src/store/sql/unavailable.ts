/** The database cannot be asked now, or did not answer: what was called may be tried again. */
export class StoreUnavailable extends Error {
  override name = "StoreUnavailable";
}
