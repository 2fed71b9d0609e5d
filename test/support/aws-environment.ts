/** What an SDK client of a server is made with. */
export interface ServerClient {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The environment in which any AWS tool works on a server that has these keys. */
export function awsEnvironment({ endpoint, credentials }: ServerClient) {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}
