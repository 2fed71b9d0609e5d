import type { AwsContext } from '../../../../aws/context.ts';
import { awsErrorCode } from '../../../../aws/errors.ts';
import { parameterPath } from '../../../naming/parameters.ts';
import { type Journal, journalText } from './journal.ts';

/** Where the journals of updates are kept, one at most for each stack. */
export interface JournalStore {
  read(stackName: string): Promise<Journal | undefined>;
  /** @returns false where there is one already: another update is under way */
  open(journal: Journal): Promise<boolean>;
  /** @returns the parameter's version */
  write(journal: Journal): Promise<number>;
  close(stackName: string): Promise<void>;
}

/** The SSM parameter that holds the journal of a stack's update. */
export function journalParameter(stackName: string): string {
  return `${parameterPath(stackName)}update`;
}

/** Keeps journals in the Parameter Store, which alone of what a stack has anyway makes something only if it is not there. */
export function journalStore(aws: AwsContext): JournalStore {
  const load = async () => ({
    sdk: await import('../../../../aws/sdk/ssm.ts'),
    client: await aws.clients.ssm(),
  });
  const put = async (journal: Journal, Overwrite: boolean) => {
    const { sdk, client } = await load();
    const Name = journalParameter(journal.stackName);
    const { Version = 0 } = await client.send(
      new sdk.PutParameterCommand({ Name, Type: 'String', Value: journalText(journal), Overwrite }),
    );
    return Version;
  };
  return {
    async read(stackName) {
      const { sdk, client } = await load();
      try {
        const { Parameter } = await client.send(
          new sdk.GetParameterCommand({ Name: journalParameter(stackName) }),
        );
        return JSON.parse(Parameter?.Value ?? '') as Journal;
      } catch (error) {
        if (awsErrorCode(error) === 'ParameterNotFound') return undefined;
        throw error;
      }
    },
    async open(journal) {
      try {
        await put(journal, false);
        return true;
      } catch (error) {
        if (awsErrorCode(error) === 'ParameterAlreadyExists') return false;
        throw error;
      }
    },
    write: (journal) => put(journal, true),
    async close(stackName) {
      const { sdk, client } = await load();
      try {
        await client.send(new sdk.DeleteParameterCommand({ Name: journalParameter(stackName) }));
      } catch (error) {
        if (awsErrorCode(error) !== 'ParameterNotFound') throw error;
      }
    },
  };
}
