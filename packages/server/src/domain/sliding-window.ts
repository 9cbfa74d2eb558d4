/** Whether with one more at `at` no window that holds `at` has more than `limit`. Windows are half open: two that are a window apart share none. */
export function fits(entries: readonly { at: number }[], at: number, limit: number, windowMs: number): boolean {
  const times = entries.map((entry) => entry.at).filter((each) => Math.abs(each - at) < windowMs);
  if (times.length < limit) return true;
  times.push(at);
  times.sort((a, b) => a - b);
  for (let index = limit; index < times.length; index += 1) {
    const [first = 0, last = 0] = [times[index - limit], times[index]];
    if (first <= at && at <= last && last - first < windowMs) return false;
  }
  return true;
}
