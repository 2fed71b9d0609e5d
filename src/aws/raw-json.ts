import type { DeserializeStep } from './deserialize-step.ts';

interface Answer {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
}

/**
 * Has a command's answer read as the JSON that it is. The SDK copies it by its schema, member by member, which costs several
 * times as much as reading it: of hundreds of thousands of log events that is most of the time. For operations of a JSON protocol
 * whose answers have neither times nor bytes in them, which JSON has as something else.
 * @param command sent once, with options, so that the client does not keep this for others
 * @returns gives the answer once the command was sent; undefined where it was no JSON, and the SDK has read it
 */
export function captureRawJson(command: { readonly middlewareStack: unknown }): () => unknown {
  let raw: unknown;
  (command.middlewareStack as DeserializeStep).add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as Answer;
      if (response.statusCode === 200 && /json/.test(response.headers?.['content-type'] ?? '')) {
        raw = JSON.parse(await textOf(response.body as AsyncIterable<Buffer>));
        // For the SDK to read.
        response.body = Buffer.from('{}');
      }
      return result;
    },
    { step: 'deserialize', name: 'bkStackRawJson', priority: 'low' },
  );
  return () => raw;
}

/** Decoded at once, which is several times as fast as piece by piece. */
async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
