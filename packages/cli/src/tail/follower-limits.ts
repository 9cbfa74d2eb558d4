export interface FollowerLimits {
  /** Messages in one page. */
  pageMax: number;
  /** Pages in one look; what is new beyond them is counted as missed. */
  pagesMax: number;
  knownMax: number;
  /** Messages that left the newest pages before they ended, and are asked for by id. */
  openMax: number;
  /** Those of them that one look asks for. */
  askedMax: number;
}

export const followerLimits: FollowerLimits = {
  pageMax: 100,
  pagesMax: 10,
  knownMax: 20_000,
  openMax: 2000,
  askedMax: 50,
};
