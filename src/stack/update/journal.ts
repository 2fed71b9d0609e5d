import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { parameterPath } from '../naming/parameters.ts';
import type { GroupSize } from '../capacity/scale-to-zero.ts';
import type { RefreshPreferences } from '../rollout/refresh.ts';
import type { FormerPlace } from './former.ts';
import type { Strategy } from './preview/meaning.ts';

/**
 * What an update is doing:
 * - `draining`: the group goes to zero, so that nothing runs during the update
 * - `updating`: CloudFormation carries out the change set
 * - `replacing`: an instance refresh replaces the instances
 * - `undoing`: what was done is taken back
 * - `ending`: the group gets its size back
 */
export type UpdatePhase = 'draining' | 'updating' | 'replacing' | 'undoing' | 'ending';

/** A bk-stack that carries an update out, or did until it was stopped. */
export interface Holder {
  /** Of one run. */
  readonly id: string;
  readonly host: string;
  readonly since: string;
}

/**
 * Where an update stands. It lies in AWS, so that whoever comes after a bk-stack that was killed can go on, and so that no two
 * updates run at once.
 */
export interface Journal {
  /** The change set's name. */
  readonly id: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly phase: UpdatePhase;
  readonly strategy: Strategy;
  readonly startedAt: string;
  /** Who began it, as an ARN. */
  readonly by: string;
  /** Who carries it out; absent in what an earlier version began. */
  readonly holder?: Holder;
  readonly changeSetId: string;
  /** Resources that the change set touches. */
  readonly resources: number;
  /** Absent for a template without a group. */
  readonly group?: string;
  /** Where the stack as it was before is written down. */
  readonly former: FormerPlace;
  /** The launch template's version before. */
  readonly formerVersion?: string;
  /** The group's size before, and afterwards if the update succeeds; for a group at zero, the one that it is to have again. */
  readonly sizes?: { readonly before: GroupSize; readonly after: GroupSize };
  /** The group was at zero before by a person's will, and stays there. */
  readonly paused?: true;
  readonly drainSeconds?: number;
  readonly refresh?: RefreshPreferences;
  readonly refreshId?: string;
  /** The change set that takes the update back. */
  readonly undoing?: string;
  /** A person has asked for it to be taken back. */
  readonly cancelled?: true;
  /** Why it is taken back, or did not succeed. */
  readonly failure?: { readonly message: string; readonly hint?: string };
}

export interface JournalStore {
  read(stackName: string): Promise<Journal | undefined>;
  /** @returns false where there is one already: another update is under way */
  open(journal: Journal): Promise<boolean>;
  /** @returns the parameter's version */
  write(journal: Journal): Promise<number>;
  close(stackName: string): Promise<void>;
}

/** The SSM parameter that tells of a running update. */
export function journalParameter(stackName: string): string {
  return `${parameterPath(stackName)}update`;
}

/** In the Parameter Store, which alone of what a stack has anyway makes something only if it is not there. */
export function journalStore(aws: AwsContext): JournalStore {
  const load = async () => ({ sdk: await import('../../aws/sdk/ssm.ts'), client: await aws.clients.ssm() });
  const put = async (journal: Journal, Overwrite: boolean) => {
    const { sdk, client } = await load();
    const Name = journalParameter(journal.stackName);
    const { Version = 0 } = await client.send(
      new sdk.PutParameterCommand({ Name, Type: 'String', Value: JSON.stringify(journal), Overwrite }),
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
