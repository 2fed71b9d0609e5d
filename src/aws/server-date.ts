interface Middleware {
  add(
    handler: (
      next: (args: unknown) => Promise<{ response: unknown }>,
    ) => (args: unknown) => Promise<{ response: unknown }>,
    options: { step: 'deserialize'; name: string; priority: 'low' },
  ): void;
}

const dates = new WeakMap<object, { last?: string }>();

/**
 * Has a client keep what the other side's clock said with its last answer: the Date header, which is of whole seconds.
 * @returns what tells it
 */
export function watchServerDate(client: { middlewareStack: unknown }): () => string | undefined {
  // Once for each client: it builds the steps of a request only once.
  let kept = dates.get(client);
  if (kept === undefined) {
    const fresh: { last?: string } = {};
    kept = fresh;
    dates.set(client, fresh);
    (client.middlewareStack as Middleware).add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers = {} } = result.response as { headers?: Record<string, string> };
        const date = headers['date'] ?? headers['Date'];
        if (date !== undefined) fresh.last = date;
        return result;
      },
      { step: 'deserialize', name: 'bkStackServerDate', priority: 'low' },
    );
  }
  const told = kept;
  return () => told.last;
}
