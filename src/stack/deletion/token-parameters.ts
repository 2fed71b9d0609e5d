import type { AwsContext } from '../../aws/context.ts';
import { parameterPath } from '../naming/parameters.ts';

/** The names of the SSM parameters that belong to a stack. */
export async function stackParameters(aws: AwsContext, stackName: string): Promise<string[]> {
  const { GetParametersByPathCommand } = await import('../../aws/sdk/ssm.ts');
  const client = await aws.clients.ssm();
  const names: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      // Not decrypted: the names are enough.
      new GetParametersByPathCommand({ Path: parameterPath(stackName), Recursive: true, NextToken: token }),
    );
    names.push(...(page.Parameters ?? []).flatMap(({ Name }) => Name ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return names;
}

/** DeleteParameters takes ten names. */
const AT_ONCE = 10;

export async function deleteParameters(aws: AwsContext, names: readonly string[]): Promise<void> {
  const { DeleteParametersCommand } = await import('../../aws/sdk/ssm.ts');
  const client = await aws.clients.ssm();
  for (let from = 0; from < names.length; from += AT_ONCE) {
    await client.send(new DeleteParametersCommand({ Names: names.slice(from, from + AT_ONCE) }));
  }
}
