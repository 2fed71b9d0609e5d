interface Result {
  readonly response: unknown;
  readonly output?: unknown;
}

/** A middleware stack where answers arrive, as one type for all services. */
export interface DeserializeStep {
  add(
    middleware: (
      next: (args: unknown) => Promise<Result>,
      context: { readonly commandName?: string },
    ) => (args: unknown) => Promise<Result>,
    options: { readonly step: 'deserialize'; readonly name: string; readonly priority: 'low' | 'high' },
  ): void;
}
