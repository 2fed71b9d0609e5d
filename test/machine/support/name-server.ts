import { createSocket, type Socket } from 'node:dgram';

const HEADER = 12;
const A = 1;
const RESPONSE_NO_ERROR = Buffer.from([0x81, 0x80]);
const SECONDS = 60;

/**
 * Answers every question for an IPv4 address with the same one, and all others with nothing.
 * https://www.rfc-editor.org/rfc/rfc1035#section-4.1
 */
export async function serveNames(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address: from }) => {
    socket.send(answerTo(query, address), port, from);
  });
  await new Promise<void>((resolve) => socket.bind(53, address, resolve));
  return socket;
}

function answerTo(query: Buffer, address: string): Buffer {
  let end = HEADER;
  for (let length = query[end] ?? 0; length > 0; length = query[end] ?? 0) end += length + 1;
  const question = query.subarray(HEADER, end + 5);
  const hasAddress = query.readUInt16BE(end + 1) === A;
  const counts = Buffer.from([0, 1, 0, hasAddress ? 1 : 0, 0, 0, 0, 0]);
  const head = [query.subarray(0, 2), RESPONSE_NO_ERROR, counts, question];
  if (!hasAddress) return Buffer.concat(head);
  // The name is that of the question, at offset 12.
  const record = Buffer.from([0xc0, HEADER, 0, A, 0, 1, 0, 0, 0, SECONDS, 0, 4]);
  return Buffer.concat([...head, record, Buffer.from(address.split('.').map(Number))]);
}
