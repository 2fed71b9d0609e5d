/** An error as AWS would send it. */
export class AwsError extends Error {
  /**
   * @param code the error code on the wire: `ValidationError`, `InvalidGroup.NotFound`
   * @param status HTTP status; 500 and above counts as the service's own fault
   * @param details further members of the error's shape
   */
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}
