import { connect, type Socket } from "node:net";

/**
 * One keep-alive connection that posts bodies one after the other. It reads just enough of an answer to find its end:
 * on a machine of two cores, what the load generator spends is taken from what it measures.
 */
export class HttpCaller {
  readonly #socket: Socket;
  readonly #head: string;
  #received = "";
  #answered: ((status: number) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  private constructor(socket: Socket, head: string) {
    this.#socket = socket;
    this.#head = head;
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#receive(text));
    socket.on("error", (error) => this.#failed?.(error));
    socket.on("close", () => this.#failed?.(new Error("the server closed the connection")));
  }

  static open(url: string, path: string, headers: Record<string, string>): Promise<HttpCaller> {
    const { hostname, port, host } = new URL(url);
    const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    const socket = connect(Number(port), hostname);
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.removeListener("error", reject);
        resolve(new HttpCaller(socket, `POST ${path} HTTP/1.1\r\n${lines.join("")}content-length: `));
      });
    });
  }

  /** Gives the status of the answer, once all of it is there. */
  post(body: string): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error("the server has closed the connection"));
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(`${this.#head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = /content-length: (\d+)/i.exec(this.#received)?.[1];
    if (length === undefined || this.#received.length < end + 4 + Number(length)) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = "";
    this.#answered?.(status);
  }
}
