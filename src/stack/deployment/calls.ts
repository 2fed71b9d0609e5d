import { findStack } from '../facts/stack/find-stack.ts';
import { outputsOf } from '../facts/stack/values.ts';
import type { AwsContext } from '../../aws/context.ts';
import { type DeletedGroupCalls, deletedGroupCalls } from '../capacity/deleted-groups.ts';
import { type LaunchFailures, launchFailuresOf } from '../diagnosis/launches.ts';
import type { EventSource } from '../events/source.ts';
import { cloudFormationEvents } from '../events/source.ts';
import { type ChangeSetCalls, changeSetCalls } from './change-set-calls.ts';

/** What making a stack needs of CloudFormation. Stacks are named by their ids. */
export interface DeploymentCalls extends ChangeSetCalls {
  /** The names of a stack's change sets. */
  changeSetNames(stackId: string): Promise<readonly string[]>;
  deleteStack(stackId: string): Promise<void>;
  setTerminationProtection(stackId: string, on: boolean): Promise<void>;
  outputs(stackId: string): Promise<Readonly<Record<string, string>>>;
  readonly events: EventSource;
  readonly deletedGroups: DeletedGroupCalls;
  readonly launchFailures: LaunchFailures;
}

/** The same on AWS. Only reading can be aborted: a change that is cut off might have happened or not. */
export function deploymentCalls(aws: AwsContext, signal: AbortSignal): DeploymentCalls {
  const load = async () => ({
    sdk: await import('../../aws/sdk/cloudformation.ts'),
    client: await aws.clients.cloudFormation(),
  });
  return {
    async changeSetNames(stackId) {
      const { sdk, client } = await load();
      const { Summaries } = await client.send(new sdk.ListChangeSetsCommand({ StackName: stackId }));
      return (Summaries ?? []).map(({ ChangeSetName }) => ChangeSetName ?? '');
    },

    ...changeSetCalls(aws, signal),

    async deleteStack(stackId) {
      const { sdk, client } = await load();
      await client.send(new sdk.DeleteStackCommand({ StackName: stackId }));
    },

    async setTerminationProtection(stackId, on) {
      const { sdk, client } = await load();
      await client.send(
        new sdk.UpdateTerminationProtectionCommand({ StackName: stackId, EnableTerminationProtection: on }),
      );
    },

    async outputs(stackId) {
      const stack = await findStack(aws, stackId);
      return outputsOf(stack ?? {});
    },

    events: cloudFormationEvents(aws, signal),
    deletedGroups: deletedGroupCalls(aws),
    launchFailures: launchFailuresOf(aws),
  };
}
