import { expect } from 'chai';
import { secretsmanager } from '../../../../src/sandbox/services/secretsmanager/index.ts';
import { Caller, StackResource } from '../../../support/service.ts';

describe('Secrets Manager', () => {
  let aws: Caller;
  beforeEach(() => {
    aws = new Caller([secretsmanager]);
  });
  const call = (operation: string, input: object = {}) => aws.call('secretsmanager', operation, input);
  const refused = (operation: string, input: object) => aws.refused('secretsmanager', operation, input);
  const create = (Name = 'db', more: object = { SecretString: 'first' }) =>
    call('CreateSecret', { Name, ...more });
  const value = async (more: object = {}) =>
    (await call('GetSecretValue', { SecretId: 'db', ...more })).SecretString;

  it('keeps a secret encrypted, and gives it back by name and ARN', async () => {
    const { ARN, VersionId } = await create();
    expect(ARN).to.match(/^arn:aws:secretsmanager:us-east-1:111122223333:secret:db-[A-Za-z0-9]{6}$/);
    expect(JSON.stringify(aws.world.state)).to.not.contain('first');
    for (const SecretId of ['db', ARN, ARN.slice(0, -7)]) {
      const got = await call('GetSecretValue', { SecretId });
      expect(got).to.deep.include({
        SecretString: 'first',
        VersionId,
        VersionStages: ['AWSCURRENT'],
        Name: 'db',
      });
    }
  });

  it('keeps bytes as bytes', async () => {
    await create('db', { SecretBinary: Uint8Array.from([0, 255]) });
    expect([...(await call('GetSecretValue', { SecretId: 'db' })).SecretBinary]).to.deep.equal([0, 255]);
  });

  it('has a current and a previous version', async () => {
    await create();
    await call('PutSecretValue', { SecretId: 'db', SecretString: 'second' });
    await call('PutSecretValue', { SecretId: 'db', SecretString: 'third' });
    expect(await value()).to.equal('third');
    expect(await value({ VersionStage: 'AWSPREVIOUS' })).to.equal('second');
    const { Versions } = await call('ListSecretVersionIds', { SecretId: 'db' });
    expect(Versions).to.have.length(2);
  });

  it('moves a staging label only from where it is said to be', async () => {
    const { VersionId: first } = await create();
    const { VersionId: second } = await call('PutSecretValue', { SecretId: 'db', SecretString: 'second' });
    const move = { SecretId: 'db', VersionStage: 'AWSCURRENT', MoveToVersionId: first };
    expect((await refused('UpdateSecretVersionStage', move)).code).to.equal('InvalidParameterException');
    await call('UpdateSecretVersionStage', { ...move, RemoveFromVersionId: second });
    expect(await value()).to.equal('first');
    expect(await value({ VersionStage: 'AWSPREVIOUS' })).to.equal('second');
  });

  it('takes the same request twice as one', async () => {
    await create();
    const again = { SecretId: 'db', SecretString: 'second', ClientRequestToken: 'a'.repeat(32) };
    await call('PutSecretValue', again);
    expect((await call('PutSecretValue', again)).VersionId).to.equal('a'.repeat(32));
    expect((await refused('PutSecretValue', { ...again, SecretString: 'other' })).code).to.equal(
      'ResourceExistsException',
    );
  });

  it('says what is missing', async () => {
    expect(await refused('GetSecretValue', { SecretId: 'db' })).to.include({
      code: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
    await create('db', {});
    expect((await refused('GetSecretValue', { SecretId: 'db' })).message).to.equal(
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
    expect(await create().catch((error: unknown) => error)).to.include({
      code: 'ResourceExistsException',
      message: 'The operation failed because the secret db already exists.',
    });
  });

  it('waits out the recovery window before a secret is gone', async () => {
    await create();
    expect((await refused('DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 6 })).message).to.match(
      /between 7 and 30 days/,
    );
    const { DeletionDate } = await call('DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7 });
    expect(DeletionDate.getTime() - aws.world.now()).to.equal(7 * 86_400_000);
    expect((await refused('GetSecretValue', { SecretId: 'db' })).code).to.equal('InvalidRequestException');
    expect((await call('ListSecrets')).SecretList).to.deep.equal([]);
    expect(await create().catch((error: unknown) => (error as Error).message)).to.match(
      /already scheduled for deletion/,
    );
    await call('RestoreSecret', { SecretId: 'db' });
    await aws.world.pass(8 * 86_400);
    expect(await value()).to.equal('first');
    await call('DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7 });
    await aws.world.pass(7 * 86_400);
    expect((await refused('DescribeSecret', { SecretId: 'db' })).code).to.equal('ResourceNotFoundException');
  });

  it('deletes at once when forced', async () => {
    await create();
    await call('DeleteSecret', { SecretId: 'db', ForceDeleteWithoutRecovery: true });
    await create('db', { SecretString: 'again' });
    expect(await value()).to.equal('again');
  });

  it('lists with filters', async () => {
    await create('app/one', { Description: 'The database', Tags: [{ Key: 'team', Value: 'x' }] });
    await create('app/two', {});
    const names = async (Key: string, ...Values: string[]) =>
      (await call('ListSecrets', { SortOrder: 'asc', Filters: [{ Key, Values }] })).SecretList.map(
        ({ Name }: { Name: string }) => Name,
      );
    expect(await names('name', 'app/')).to.deep.equal(['app/one', 'app/two']);
    expect(await names('name', '!app/one')).to.deep.equal(['app/two']);
    expect(await names('description', 'data')).to.deep.equal(['app/one']);
    expect(await names('tag-value', 'x')).to.deep.equal(['app/one']);
  });

  it('makes passwords of the kinds of characters asked for', async () => {
    const password = async (options: object): Promise<string> =>
      (await call('GetRandomPassword', options)).RandomPassword;
    expect(await password({})).to.have.length(32);
    expect(await password({ PasswordLength: 4 })).to.match(
      /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^a-zA-Z\d]).{4}$/,
    );
    expect(
      await password({ ExcludePunctuation: true, ExcludeUppercase: true, ExcludeCharacters: 'abc' }),
    ).to.match(/^[d-z0-9]{32}$/);
    expect((await refused('GetRandomPassword', { PasswordLength: 3 })).message).to.equal(
      'Password length is too short based on the required types.',
    );
  });

  describe('AWS::SecretsManager::Secret', () => {
    it('generates a password into a template, and keeps it through updates', async () => {
      const secret = new StackResource(aws, 'AWS::SecretsManager::Secret', 'Database');
      const GenerateSecretString = {
        SecretStringTemplate: '{"user":"root"}',
        GenerateStringKey: 'password',
        PasswordLength: '20',
      };
      const ARN = secret.create({ GenerateSecretString });
      expect(secret.ref()).to.equal(ARN);
      expect(secret.attribute('Id')).to.equal(ARN);
      const read = async () => JSON.parse((await call('GetSecretValue', { SecretId: ARN })).SecretString);
      const made = await read();
      expect(made.user).to.equal('root');
      expect(made.password).to.have.length(20);
      secret.update({ GenerateSecretString, Description: 'new' });
      expect(await read()).to.deep.equal(made);
      expect((await call('DescribeSecret', { SecretId: ARN })).Name).to.match(/^Database-[0-9A-Z]{12}$/);
    });

    it('leaves the name free when it is deleted', () => {
      const secret = new StackResource(aws, 'AWS::SecretsManager::Secret');
      secret.create({ Name: 'x', SecretString: 'y' });
      secret.delete();
      secret.delete();
      expect(secret.create({ Name: 'x', SecretString: 'y' })).to.contain(':secret:x-');
    });
  });
});
