import { expect } from 'chai';
import { kms } from '../../../../src/sandbox/services/kms/index.ts';
import { Caller, StackResource } from '../../../support/service.ts';

const DAY = 86_400;
const text = (value: Uint8Array) => Buffer.from(value).toString();

describe('KMS', () => {
  let aws: Caller;
  let KeyId: string;
  const call = (operation: string, input: object = {}) => aws.call('kms', operation, input);
  const code = async (operation: string, input: object = {}) =>
    (await aws.refused('kms', operation, input)).code;

  beforeEach(async () => {
    aws = new Caller([kms]);
    KeyId = (await call('CreateKey', { Description: 'secrets' })).KeyMetadata.KeyId;
  });

  it('gives a text back to whoever knows its context, and not of a changed ciphertext', async () => {
    const EncryptionContext = { pipeline: 'deploy' };
    const { CiphertextBlob } = await call('Encrypt', {
      KeyId,
      Plaintext: Buffer.from('hush'),
      EncryptionContext,
    });
    expect(Buffer.from(CiphertextBlob).includes('hush')).to.equal(false);
    const { Plaintext, KeyId: used } = await call('Decrypt', { CiphertextBlob, EncryptionContext });
    expect(text(Plaintext)).to.equal('hush');
    expect(used).to.match(new RegExp(`^arn:aws:kms:us-east-1:111122223333:key/${KeyId}$`));
    expect(await code('Decrypt', { CiphertextBlob })).to.equal('InvalidCiphertextException');
    const changed = Buffer.from(CiphertextBlob);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(await code('Decrypt', { CiphertextBlob: changed, EncryptionContext })).to.equal(
      'InvalidCiphertextException',
    );
  });

  it('makes data keys, which only the key opens', async () => {
    const made = await call('GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
    expect(made.Plaintext).to.have.length(32);
    const { Plaintext } = await call('Decrypt', { CiphertextBlob: made.CiphertextBlob });
    expect(Buffer.compare(Buffer.from(Plaintext), Buffer.from(made.Plaintext))).to.equal(0);
    expect(await call('GenerateDataKeyWithoutPlaintext', { KeyId, NumberOfBytes: 16 })).to.not.have.property(
      'Plaintext',
    );
  });

  it('knows a key by its id, its ARN, its alias and the alias’s ARN', async () => {
    await call('CreateAlias', { AliasName: 'alias/ci', TargetKeyId: KeyId });
    const arn = 'arn:aws:kms:us-east-1:111122223333';
    for (const name of [KeyId, `${arn}:key/${KeyId}`, 'alias/ci', `${arn}:alias/ci`]) {
      expect((await call('DescribeKey', { KeyId: name })).KeyMetadata.KeyId, name).to.equal(KeyId);
    }
    expect(await code('DescribeKey', { KeyId: 'alias/none' })).to.equal('NotFoundException');
    expect(await code('CreateAlias', { AliasName: 'alias/ci', TargetKeyId: KeyId })).to.equal(
      'AlreadyExistsException',
    );
    expect(await code('CreateAlias', { AliasName: 'alias/aws/ci', TargetKeyId: KeyId })).to.equal(
      'NotAuthorizedException',
    );
  });

  it('does nothing with a key that is disabled', async () => {
    await call('DisableKey', { KeyId });
    expect(await code('Encrypt', { KeyId, Plaintext: Buffer.from('x') })).to.equal('DisabledException');
    await call('EnableKey', { KeyId });
    await call('Encrypt', { KeyId, Plaintext: Buffer.from('x') });
  });

  it('deletes a key at the end of its waiting time, and can be stopped before', async () => {
    expect(await code('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 3 })).to.equal(
      'ValidationException',
    );
    await call('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    expect(await code('Encrypt', { KeyId, Plaintext: Buffer.from('x') })).to.equal(
      'KMSInvalidStateException',
    );
    await call('CancelKeyDeletion', { KeyId });
    expect((await call('DescribeKey', { KeyId })).KeyMetadata.KeyState).to.equal('Disabled');
    await call('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    await aws.world.pass(7 * DAY + 1);
    expect(await code('DescribeKey', { KeyId })).to.equal('NotFoundException');
  });

  it('keeps the regions apart', async () => {
    const there = new Caller([kms], 'eu-west-1', aws.world);
    expect((await there.refused('kms', 'DescribeKey', { KeyId })).code).to.equal('NotFoundException');
  });

  it('makes keys and aliases for stacks, and schedules the key’s end with the stack’s', async () => {
    const key = new StackResource(aws, 'AWS::KMS::Key');
    const id = key.create({ EnableKeyRotation: true, PendingWindowInDays: 7, KeyPolicy: { Statement: [] } });
    const alias = new StackResource(aws, 'AWS::KMS::Alias');
    alias.create({ AliasName: 'alias/stack', TargetKeyId: id });
    expect((await call('DescribeKey', { KeyId: 'alias/stack' })).KeyMetadata.KeyId).to.equal(id);
    expect((await call('GetKeyRotationStatus', { KeyId: id })).KeyRotationEnabled).to.equal(true);
    alias.delete();
    key.delete();
    expect((await call('DescribeKey', { KeyId: id })).KeyMetadata.KeyState).to.equal('PendingDeletion');
  });
});
