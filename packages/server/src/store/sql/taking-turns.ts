/** The first of each list, then the second of each …, at most `max`. */
export function takingTurns<Id>(lists: readonly (readonly Id[])[], max: number): Id[] {
  const [only] = lists;
  if (only === undefined) return [];
  if (lists.length === 1) return only.slice(0, max);
  const ids: Id[] = [];
  const longest = lists.reduce((length, list) => Math.max(length, list.length), 0);
  for (let place = 0; place < longest && ids.length < max; place += 1) {
    for (const list of lists) {
      const id = list[place];
      if (id !== undefined && ids.length < max) ids.push(id);
    }
  }
  return ids;
}
