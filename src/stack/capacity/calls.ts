import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { OperationError } from '../../errors.ts';
import { TERMINATING_HOOK } from '../../host/lifecycle/hooks.ts';
import { groupNameOf } from '../facts/stack/values.ts';
import { existingGroup } from '../facts/group/group.ts';
import { protectionBatches } from '../facts/group/protection.ts';
import type { CapacityCalls, SizedInstance } from './scale-to-zero.ts';

/** The instances of a group as AWS describes it. */
export function sizedInstances({ Instances = [] }: AutoScalingGroup): SizedInstance[] {
  return Instances.map((instance) => ({
    instanceId: instance.InstanceId ?? '',
    lifecycleState: instance.LifecycleState ?? '',
    protectedFromScaleIn: instance.ProtectedFromScaleIn ?? false,
  }));
}

/** The calls on AWS. */
export function capacityCalls(aws: AwsContext): CapacityCalls {
  const load = async () => ({
    sdk: await import('../../aws/sdk/auto-scaling.ts'),
    client: await aws.clients.autoScaling(),
  });
  const tagOf = (group: string, Key: string) => ({
    ResourceId: group,
    ResourceType: 'auto-scaling-group',
    Key,
    // Instances have no use for it.
    PropagateAtLaunch: false,
  });
  return {
    async read(group) {
      const found = await existingGroup(aws, group);
      return {
        size: { min: found.MinSize ?? 0, max: found.MaxSize ?? 0, desired: found.DesiredCapacity ?? 0 },
        instances: sizedInstances(found),
        tags: Object.fromEntries((found.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      };
    },
    async tag(group, tags) {
      const { sdk, client } = await load();
      const Tags = Object.entries(tags).map(([key, Value]) => ({ ...tagOf(group, key), Value }));
      await client.send(new sdk.CreateOrUpdateTagsCommand({ Tags }));
    },
    async untag(group, keys) {
      const { sdk, client } = await load();
      await client.send(new sdk.DeleteTagsCommand({ Tags: keys.map((key) => tagOf(group, key)) }));
    },
    async resize(group, { min, max, desired }) {
      const { sdk, client } = await load();
      await client.send(
        new sdk.UpdateAutoScalingGroupCommand({
          AutoScalingGroupName: group,
          MinSize: min,
          MaxSize: max,
          DesiredCapacity: desired,
        }),
      );
    },
    async suspend(group, processes) {
      const { sdk, client } = await load();
      await client.send(
        new sdk.SuspendProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: [...processes] }),
      );
    },
    async resume(group, processes) {
      const { sdk, client } = await load();
      await client.send(
        new sdk.ResumeProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: [...processes] }),
      );
    },
    async unprotect(group, instanceIds) {
      const { sdk, client } = await load();
      /** @returns false where one of them has begun to end meanwhile: AWS then changes none. */
      const accepted = async (InstanceIds: string[]) => {
        try {
          await client.send(
            new sdk.SetInstanceProtectionCommand({
              AutoScalingGroupName: group,
              InstanceIds,
              ProtectedFromScaleIn: false,
            }),
          );
          return true;
        } catch (error) {
          if (awsErrorCode(error) !== 'ValidationError') throw error;
          return false;
        }
      };
      for (const ids of protectionBatches(instanceIds)) {
        if ((await accepted(ids)) || ids.length === 1) continue;
        for (const id of ids) await accepted([id]);
      }
    },
    async release(group, instanceId) {
      const { sdk, client } = await load();
      try {
        await client.send(
          new sdk.CompleteLifecycleActionCommand({
            AutoScalingGroupName: group,
            LifecycleHookName: TERMINATING_HOOK,
            LifecycleActionResult: 'CONTINUE',
            InstanceId: instanceId,
          }),
        );
      } catch (error) {
        // It has come to its end by itself meanwhile.
        if (awsErrorCode(error) !== 'ValidationError') throw error;
      }
    },
  };
}
