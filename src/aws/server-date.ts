interface Middleware {
  add(
    handler: (
      next: (args: unknown) => Promise<{ response: unknown }>,
    ) => (args: unknown) => Promise<{ response: unknown }>,
    options: { step: 'deserialize'; name: string; priority: 'low'; override: true },
  ): void;
}

/**
 * Has a client tell what the other side's clock said with each answer, errors not included: the Date header, which is of whole
 * seconds.
 */
export function watchServerDate(client: { middlewareStack: unknown }, told: (date: string) => void): void {
  (client.middlewareStack as Middleware).add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {} } = result.response as { headers?: Record<string, string> };
      const date = headers['date'] ?? headers['Date'];
      if (date !== undefined) told(date);
      return result;
    },
    { step: 'deserialize', name: 'bkStackServerDate', priority: 'low', override: true },
  );
}
