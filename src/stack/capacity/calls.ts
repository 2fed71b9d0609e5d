import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { TERMINATING_HOOK } from '../../host/contract/hooks.ts';
import { existingGroup } from '../facts/group/group.ts';
import { protectionBatches } from '../facts/group/protection.ts';
import { sizedGroup } from './group-size.ts';
import type { CapacityCalls } from './steps.ts';

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
      return sizedGroup(await existingGroup(aws, group));
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
