import type { AwsContext } from '../../aws/context.ts';
import { type LaunchFailures, launchFailuresOf } from '../diagnosis/launches.ts';
import type { EventSource } from '../events/source.ts';
import { cloudFormationEvents } from '../events/source.ts';
import type { DeploymentRequest } from './request.ts';

/** A change set as far as waiting for it needs it. */
export interface ChangeSetState {
  readonly status: string;
  readonly reason?: string;
  /** Resources that it touches. */
  readonly resources: number;
}

/** What making a stack needs of CloudFormation. Stacks and change sets are named by their ids. */
export interface DeploymentCalls {
  createChangeSet(
    request: DeploymentRequest,
    name: string,
  ): Promise<{ readonly stackId: string; readonly changeSetId: string }>;
  changeSet(changeSetId: string): Promise<ChangeSetState>;
  /** The names of a stack's change sets. */
  changeSetNames(stackId: string): Promise<readonly string[]>;
  executeChangeSet(changeSetId: string, token: string): Promise<void>;
  deleteChangeSet(changeSetId: string): Promise<void>;
  deleteStack(stackId: string): Promise<void>;
  setTerminationProtection(stackId: string, on: boolean): Promise<void>;
  outputs(stackId: string): Promise<Readonly<Record<string, string>>>;
  readonly events: EventSource;
  readonly launchFailures: LaunchFailures;
}

/** The same on AWS. Only reading can be aborted: a change that is cut off might have happened or not. */
export function deploymentCalls(aws: AwsContext, signal: AbortSignal): DeploymentCalls {
  const load = async () => ({
    sdk: await import('../../aws/sdk/cloudformation.ts'),
    client: await aws.clients.cloudFormation(),
  });
  return {
    async createChangeSet(request, name) {
      const { sdk, client } = await load();
      const { Id, StackId } = await client.send(
        new sdk.CreateChangeSetCommand({
          StackName: request.stackName,
          ChangeSetName: name,
          ChangeSetType: 'CREATE',
          ClientToken: name,
          Description: request.description,
          TemplateURL: request.templateUrl,
          TemplateBody: request.templateBody,
          Parameters: [...request.parameters],
          Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })),
          Capabilities: [...request.capabilities],
          RoleARN: request.roleArn,
        }),
      );
      return { stackId: StackId ?? request.stackName, changeSetId: Id ?? name };
    },

    async changeSet(changeSetId) {
      const { sdk, client } = await load();
      let status = '';
      let reason: string | undefined;
      let resources = 0;
      let token: string | undefined;
      do {
        const page = await client.send(
          new sdk.DescribeChangeSetCommand({ ChangeSetName: changeSetId, NextToken: token }),
          { abortSignal: signal },
        );
        status = page.Status ?? status;
        reason = page.StatusReason ?? reason;
        resources += page.Changes?.length ?? 0;
        token = page.NextToken;
      } while (token !== undefined);
      return { status, resources, ...(reason !== undefined && { reason }) };
    },

    async changeSetNames(stackId) {
      const { sdk, client } = await load();
      const { Summaries } = await client.send(new sdk.ListChangeSetsCommand({ StackName: stackId }));
      return (Summaries ?? []).map(({ ChangeSetName }) => ChangeSetName ?? '');
    },

    async executeChangeSet(changeSetId, token) {
      const { sdk, client } = await load();
      await client.send(
        new sdk.ExecuteChangeSetCommand({ ChangeSetName: changeSetId, ClientRequestToken: token }),
      );
    },

    async deleteChangeSet(changeSetId) {
      const { sdk, client } = await load();
      await client.send(new sdk.DeleteChangeSetCommand({ ChangeSetName: changeSetId }));
    },

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
      const { sdk, client } = await load();
      const { Stacks } = await client.send(new sdk.DescribeStacksCommand({ StackName: stackId }), {
        abortSignal: signal,
      });
      const outputs = Stacks?.[0]?.Outputs ?? [];
      return Object.fromEntries(
        outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
      );
    },

    events: cloudFormationEvents(aws, signal),
    launchFailures: launchFailuresOf(aws),
  };
}
