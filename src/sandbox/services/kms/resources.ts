import { completeCreation } from '../../providers/complete-creation.ts';
import type { KeySpec, KeyUsageType } from '@aws-sdk/client-kms';
import type { Properties, ResourceProvider } from '../../providers/provider.ts';
import type { Scope } from '../../kernel/world.ts';
import { own } from '../../kernel/table.ts';
import { flag, integer, member, tagsOf, text } from '../../providers/properties.ts';
import { createAlias, deleteAlias, updateAlias } from './aliases.ts';
import { createKey, putKeyPolicy, scheduleKeyDeletion, setEnabled, setRotation } from './keys.ts';
import { keyNamed, kmsState } from './state.ts';

function policyText(properties: Properties): string | undefined {
  const policy = member(properties, 'KeyPolicy');
  return policy === undefined ? text(properties, 'KeyPolicy') : JSON.stringify(policy);
}

function settle(scope: Scope, keyId: string, properties: Properties): void {
  const rotates = flag(properties, 'EnableKeyRotation');
  if (rotates !== undefined) setRotation(scope, keyId, rotates, integer(properties, 'RotationPeriodInDays'));
  setEnabled(scope, keyId, flag(properties, 'Enabled') ?? true);
}

const key: ResourceProvider = {
  type: 'AWS::KMS::Key',
  seconds: { create: 3 },
  create(properties, context) {
    const made = createKey(
      {
        Description: text(properties, 'Description'),
        KeySpec: text(properties, 'KeySpec') as KeySpec | undefined,
        KeyUsage: text(properties, 'KeyUsage') as KeyUsageType | undefined,
        MultiRegion: flag(properties, 'MultiRegion'),
        Policy: policyText(properties),
      },
      context,
    );
    made.tags = tagsOf(properties, context.tags);
    completeCreation(
      () => {
        settle(context, made.keyId, properties);
      },
      () => {
        scheduleKeyDeletion({ KeyId: made.keyId }, context);
      },
    );
    return made.keyId;
  },
  update(keyId, next, _previous, context) {
    const record = keyNamed(context, keyId);
    record.description = text(next, 'Description') ?? '';
    const policy = policyText(next);
    if (policy !== undefined) putKeyPolicy({ KeyId: keyId, Policy: policy }, context);
    record.rotates = flag(next, 'EnableKeyRotation') ?? false;
    settle(context, keyId, next);
    record.tags = tagsOf(next, context.tags);
  },
  delete(keyId, properties, context) {
    const record = own(kmsState(context).keys, keyId);
    if (record === undefined || record.state === 'PendingDeletion') return;
    scheduleKeyDeletion(
      { KeyId: keyId, PendingWindowInDays: integer(properties, 'PendingWindowInDays') },
      context,
    );
  },
  attributes: (keyId, _properties, context) => ({ Arn: keyNamed(context, keyId).arn, KeyId: keyId }),
};

const alias: ResourceProvider = {
  type: 'AWS::KMS::Alias',
  create(properties, context) {
    const name = text(properties, 'AliasName') ?? '';
    createAlias({ AliasName: name, TargetKeyId: text(properties, 'TargetKeyId') }, context);
    return name;
  },
  update(name, next, _previous, context) {
    updateAlias({ AliasName: name, TargetKeyId: text(next, 'TargetKeyId') }, context);
  },
  delete(name, _properties, context) {
    if (own(kmsState(context).aliases, name) !== undefined) deleteAlias({ AliasName: name }, context);
  },
};

export const kmsResources = [key, alias];
