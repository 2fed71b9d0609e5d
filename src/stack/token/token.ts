import type { AwsContext } from '../../aws/context.ts';
import { redactedRequest } from '../../aws/redacted-request.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { UsageError } from '../../errors.ts';

/**
 * The token in what was read from a file, a variable or stdin.
 * @param example a command that gives one
 * @throws UsageError where that is no token. The message never holds what was read.
 */
export function parseToken(text: string, origin: string, example: string): string {
  const token = text.trim();
  if (token === '') {
    throw new UsageError(`${origin} holds no agent token: it is empty`, {
      hint: `For example: ${example}`,
    });
  }
  // What a header and the agent's configuration file can hold.
  if (!/^[\x21\x23-\x26\x28-\x7e]+$/.test(token)) {
    throw new UsageError(`${origin} holds no agent token: a token has no spaces, line breaks or quotes`, {
      hint: 'Give the token alone, as Buildkite shows it under Agents, your cluster, Agent Tokens.',
    });
  }
  return token;
}

/** A token to be kept for a stack. */
export interface TokenRecord {
  readonly name: string;
  readonly token: string;
  /** A customer key of KMS; without it, the account's default key for SSM. */
  readonly kmsKey?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What keeping a token needs of SSM. */
export interface TokenStore {
  /** Makes the parameter, or tells that there is one of this name. */
  create(record: TokenRecord): Promise<'made' | 'exists'>;
  /** Adds a version to a parameter that is there, and the tags. */
  overwrite(record: TokenRecord): Promise<void>;
  remove(name: string): Promise<void>;
}

/**
 * Stores a token. A parameter that an earlier stack of the name has left gets a new version, after `say` was told; its old
 * versions stay readable.
 */
export async function storeToken(
  store: TokenStore,
  record: TokenRecord,
  say: (line: string) => void,
): Promise<'created' | 'version added'> {
  if ((await store.create(record)) === 'made') return 'created';
  say(`The SSM parameter ${record.name} is there already, from an earlier stack: it gets a new version`);
  await store.overwrite(record);
  return 'version added';
}

/** SSM's Parameter Store. */
export function tokenStore(aws: AwsContext): TokenStore {
  const load = async () => ({ sdk: await import('../../aws/sdk/ssm.ts'), client: await aws.clients.ssm() });
  const fields = ({ name, token, kmsKey }: TokenRecord) => ({
    Name: name,
    Value: token,
    Type: 'SecureString' as const,
    ...(kmsKey !== undefined && { KeyId: kmsKey }),
  });
  const tagList = ({ tags }: TokenRecord) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    async create(record) {
      const { sdk, client } = await load();
      const Description = 'Buildkite agent token, kept by bk-stack';
      try {
        const request = new sdk.PutParameterCommand({
          ...fields(record),
          Description,
          Tags: tagList(record),
        });
        await redactedRequest(record.token, client.send(request));
        return 'made';
      } catch (error) {
        if (awsErrorCode(error) === 'ParameterAlreadyExists') return 'exists';
        throw error;
      }
    },
    async overwrite(record) {
      const { sdk, client } = await load();
      // SSM refuses tags together with Overwrite.
      const request = new sdk.PutParameterCommand({ ...fields(record), Overwrite: true });
      await redactedRequest(record.token, client.send(request));
      await client.send(
        new sdk.AddTagsToResourceCommand({
          ResourceType: 'Parameter',
          ResourceId: record.name,
          Tags: tagList(record),
        }),
      );
    },
    async remove(name) {
      const { sdk, client } = await load();
      await client.send(new sdk.DeleteParameterCommand({ Name: name }));
    },
  };
}
