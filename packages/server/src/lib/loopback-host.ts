/** Whether a URL's host is this machine: no host, as with a socket's path, `localhost`, or a loopback address. */
export function isLoopbackHost(host: string): boolean {
  return host === "" || host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
