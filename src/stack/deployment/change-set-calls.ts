import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import type { ChangeSetRequest } from './request.ts';

/** A change set as far as waiting for it needs it. */
export interface ChangeSetState {
  readonly status: string;
  readonly reason?: string;
  /** AVAILABLE, EXECUTE_IN_PROGRESS, EXECUTE_COMPLETE, EXECUTE_FAILED, OBSOLETE, ... */
  readonly executionStatus?: string;
  /** Resources that it touches. */
  readonly resources: number;
}

/** What a change set can be asked for. Stacks and change sets are named by their ids. */
export interface ChangeSetCalls {
  createChangeSet(
    request: ChangeSetRequest,
    name: string,
  ): Promise<{ readonly stackId: string; readonly changeSetId: string }>;
  changeSet(changeSetId: string): Promise<ChangeSetState>;
  executeChangeSet(changeSetId: string, token: string): Promise<void>;
  deleteChangeSet(changeSetId: string): Promise<void>;
}

/** The same on AWS. Only reading can be aborted: a change that is cut off might have happened or not. */
export function changeSetCalls(aws: AwsContext, signal: AbortSignal): ChangeSetCalls {
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
          ChangeSetType: request.type,
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
      let executionStatus = '';
      let resources = 0;
      let token: string | undefined;
      do {
        const page = await client.send(
          new sdk.DescribeChangeSetCommand({ ChangeSetName: changeSetId, NextToken: token }),
          { abortSignal: signal },
        );
        status = page.Status ?? status;
        reason = page.StatusReason ?? reason;
        executionStatus = page.ExecutionStatus ?? executionStatus;
        resources += page.Changes?.length ?? 0;
        token = page.NextToken;
      } while (token !== undefined);
      return { status, executionStatus, resources, ...(reason !== undefined && { reason }) };
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
  };
}

/** What a change set would do to each resource, with the values of properties before and after. */
export async function changesOf(aws: AwsContext, changeSetId: string): Promise<ResourceChange[]> {
  const { DescribeChangeSetCommand } = await import('../../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  const changes: ResourceChange[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new DescribeChangeSetCommand({
        ChangeSetName: changeSetId,
        IncludePropertyValues: true,
        NextToken: token,
      }),
    );
    changes.push(...(page.Changes ?? []).flatMap(({ ResourceChange: change }) => change ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return changes;
}
