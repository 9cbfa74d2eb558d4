import { connect } from "node:net";

const answerMs = 2000;
const metadataKey = 3;
const metadataVersion = 1;
const noTopics = 0;

/**
 * Whether a broker tells of at least one broker that clients may go to: what each client asks first. Written by hand, so
 * that no client decides when the server is ready. https://kafka.apache.org/protocol#The_Messages_Metadata
 */
export function tellsOfBrokers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    let answer = Buffer.alloc(0);
    const end = (isReady: boolean): void => {
      socket.destroy();
      resolve(isReady);
    };
    socket.setTimeout(answerMs, () => end(false));
    socket.on("error", () => end(false));
    socket.on("close", () => end(false));
    socket.on("connect", () => socket.write(request()));
    socket.on("data", (data) => {
      answer = Buffer.concat([answer, data]);
      // size, correlation id, number of brokers
      if (answer.length >= 12) end(answer.readInt32BE(8) > 0);
    });
  });
}

function request(): Buffer {
  const body = Buffer.alloc(14);
  body.writeInt16BE(metadataKey, 0);
  body.writeInt16BE(metadataVersion, 2);
  body.writeInt32BE(1, 4);
  body.writeInt16BE(-1, 8);
  body.writeInt32BE(noTopics, 10);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length, 0);
  return Buffer.concat([size, body]);
}
