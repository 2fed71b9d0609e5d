import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { answer, BY_ITSELF, type Question } from './answer.ts';

/** No job's variables are larger: the kernel takes 2 MiB of arguments and variables for a new process. */
const LARGEST_BODY = 8 * 1024 ** 2;

/**
 * Listens for hooks on a socket that this user alone can open. An answer that is not 200 has the hook do it by itself.
 * @param program the path of the job program
 */
export async function serveHooks(
  socket: string,
  program: string,
  answerTo: (question: Question, program: string) => Promise<string | typeof BY_ITSELF> = answer,
): Promise<Server> {
  // One that was killed has left it.
  rmSync(socket, { force: true });
  const server = createServer((request, response) => {
    void questionOf(request)
      .then((question) => answerTo(question, program))
      .then(
        (answered) => {
          if (answered === BY_ITSELF) response.writeHead(501).end();
          // With its length, so that the hook knows one that was cut short.
          else response.writeHead(200, { 'content-length': Buffer.byteLength(answered) }).end(answered);
        },
        (error: unknown) => {
          process.stderr.write(`${new Date().toISOString()} ${request.url}: ${(error as Error).message}\n`);
          response.writeHead(500).end();
        },
      );
  });
  const before = process.umask(0o077);
  try {
    await new Promise<void>((done, failed) => {
      server.once('error', failed).listen(socket, done);
    });
  } finally {
    process.umask(before);
  }
  return server;
}

async function questionOf(request: IncomingMessage): Promise<Question> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://hooks');
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) throw new Error('too large a question');
  return {
    command: pathname.slice(1),
    agentProcess: Number(searchParams.get('process')),
    pipeline: searchParams.get('pipeline') ?? undefined,
    body: await text(request),
  };
}
