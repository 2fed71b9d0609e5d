/** Shorter parts of a secret than this are found in any text. */
const SHORTEST = 4;

/**
 * Sends something secret, and takes care that no failure tells of it: a server, or something on the way to it, may quote a
 * request that it does not take.
 * @param secret what is sent
 * @throws what the request throws; where that holds a line of the secret, an error of the same name and code without it
 */
export async function redactedRequest<Answer>(secret: string, request: Promise<Answer>): Promise<Answer> {
  try {
    return await request;
  } catch (error) {
    throw error instanceof Error && tells(error, secret) ? silenced(error) : error;
  }
}

function tells({ message, stack = '' }: Error, secret: string): boolean {
  const lines = secret.split('\n').map((line) => line.trim());
  // Of `NAME=value` the value is what counts.
  const parts = lines.flatMap((line) => [line, line.slice(line.indexOf('=') + 1)]);
  return parts.some((part) => part.length >= SHORTEST && (message.includes(part) || stack.includes(part)));
}

/** The same failure as far as it matters to those who handle it. */
function silenced(error: Error): Error {
  const { code, $metadata } = error as { code?: unknown; $metadata?: unknown };
  const silent = new Error('it was not taken, and what was said of it held a part of the secret');
  silent.name = error.name;
  return Object.assign(silent, {
    ...(code !== undefined && { code }),
    ...($metadata !== undefined && { $metadata }),
  });
}
