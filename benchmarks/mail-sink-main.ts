import { createServer, type Socket } from "node:net";

/*
 * A mail server that takes everything and keeps nothing, in a process of its own: as little as a client that pipelines can
 * be measured against. Prints its port.
 */

const capabilities = "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n";
const end = Buffer.from("\r\n.\r\n");

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => undefined);
  socket.write("220 sink ESMTP\r\n");
  let rest: Buffer = Buffer.alloc(0);
  let isText = false;
  socket.on("data", (chunk: Buffer) => {
    let at = 0;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let answers = "";
    for (;;) {
      const mark = isText ? bytes.indexOf(end, at) : bytes.indexOf(10, at);
      if (mark === -1) break;
      if (isText) {
        answers += "250 2.0.0 taken\r\n";
        isText = false;
        at = mark + end.length;
        continue;
      }
      // the first letter says which command it is
      const letter = bytes[at];
      at = mark + 1;
      if (letter === 0x51) return bye(socket, answers);
      isText = letter === 0x44;
      answers += isText ? "354 go on\r\n" : letter === 0x45 ? capabilities : "250 2.0.0 ok\r\n";
      // the line break in front of the text's first line belongs to the end that an empty text would have
      if (isText) at = mark - 1;
    }
    rest = Buffer.from(bytes.subarray(isText ? Math.max(at, bytes.length - end.length + 1) : at));
    if (answers !== "") socket.write(answers, "latin1");
  });
});

function bye(socket: Socket, answers: string): void {
  socket.end(`${answers}221 2.0.0 bye\r\n`);
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(
    `${JSON.stringify({ port: address !== null && typeof address === "object" ? address.port : 0 })}\n`,
  );
});
