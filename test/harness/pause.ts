/** Lets time pass where the moment itself is the test: when to kill, how often to look at a process that gives no signal. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
