/** Microtasks, however long their chain, are done before the event loop turns. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
