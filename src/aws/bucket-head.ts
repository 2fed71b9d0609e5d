/** What an error of HeadBucket tells: a HEAD has no body, so that there is its status alone, and the region of a bucket elsewhere. */
export function headFailure(error: unknown): {
  readonly status: number | undefined;
  readonly region: string | undefined;
} {
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Record<string, string> };
  };
  return {
    status: $metadata?.httpStatusCode,
    region: $response?.headers?.['x-amz-bucket-region'],
  };
}
