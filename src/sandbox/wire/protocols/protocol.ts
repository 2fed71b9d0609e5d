import type { AwsError } from '../../kernel/errors.ts';
import type { Denial } from '../coding/denial.ts';
import type { WireRequest, WireResponse } from '../coding/http.ts';
import type { OperationSchema, ServiceSchema } from '../coding/schema.ts';

/** One of AWS's protocols: how a request says what it wants, and how it is answered. */
export interface Protocol {
  /** @param implemented the operations that the sandbox has; a path may fit others as well */
  operationName(
    request: WireRequest,
    schema: ServiceSchema,
    implemented: ReadonlySet<string>,
  ): string | undefined;
  /** @throws AwsError for a body that cannot be read */
  read(request: WireRequest, operation: OperationSchema): object;
  write(output: object, operation: OperationSchema, answer: Answer): WireResponse;
  writeError(error: AwsError, answer: Answer): WireResponse;
  /** The error for a request that isn't let in. */
  denied(denial: Denial): AwsError;
  /** The error for members that have to be there and are not. */
  missing(members: readonly string[]): AwsError;
}

export interface Answer {
  readonly schema: ServiceSchema;
  readonly requestId: string;
  /** A HEAD is answered without a body. */
  readonly method: string;
}
