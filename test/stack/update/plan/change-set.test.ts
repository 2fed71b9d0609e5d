import { expect } from 'chai';
import { ChangeSetFailure } from '../../../../src/stack/deployment/change-set.ts';
import type { ChangeSetRequest } from '../../../../src/stack/deployment/request.ts';
import { computeChangeSet, isUnchanged } from '../../../../src/stack/update/plan/change-set.ts';
import { FakeUpdate, STACK_ID } from '../../../support/fake-update.ts';
import { sdkError } from '../../../support/world-aws.ts';

const REQUEST: ChangeSetRequest = {
  type: 'UPDATE',
  ...{ stackName: STACK_ID, templateUrl: 'https://b', description: 'bk-stack update' },
  ...{ parameters: [], tags: {}, capabilities: [] },
};
const computed = (fake: FakeUpdate) => computeChangeSet(fake.services, 'ci', REQUEST);

describe('the change set of an update', () => {
  it('is named by its time, and says how many resources it touches', async () => {
    const fake = new FakeUpdate();
    fake.seconds = 60;
    const name = 'bk-stack-update-19700101T000100Z-000000';
    expect(await computed(fake)).to.eql({ name, changeSetId: name, resources: 3 });
    expect(fake.requests).to.eql([REQUEST]);
    expect(fake.done).to.eql(['createChangeSet bk-stack update']);
  });

  it('is not left where nothing would change', async () => {
    const fake = new FakeUpdate();
    fake.refusal = 'No updates are to be performed.';
    expect(await computed(fake)).to.equal(undefined);
    expect([...fake.sets.keys()]).to.eql(['set']);
    fake.failing.set('deleteChangeSet', new Error('denied'));
    expect(await computed(fake), 'also where it may not be deleted').to.equal(undefined);
  });

  it('is not left where CloudFormation refuses it', async () => {
    const fake = new FakeUpdate();
    fake.refusal = 'Template error';
    const error = await computed(fake).catch((each: unknown) => each);
    expect(error).to.be.instanceOf(ChangeSetFailure);
    expect((error as Error).message).to.match(/Template error/);
    expect((error as ChangeSetFailure).details).to.include({ stackName: 'ci', region: 'us-east-1' });
    expect([...fake.sets.keys()]).to.eql(['set']);
  });

  it('is asked for again where AWS asks for fewer requests', async () => {
    const fake = new FakeUpdate();
    fake.failing.set('createChangeSet', sdkError('Throttling', 'later'));
    fake.passing = () => fake.failing.clear();
    expect(await computed(fake)).to.include({ resources: 3 });
  });

  it('is unchanged by either of CloudFormation’s texts, and by nothing else', () => {
    expect(isUnchanged(new ChangeSetFailure("it didn't contain changes. Submit others"))).to.equal(true);
    expect(isUnchanged(new ChangeSetFailure('no updates are to be performed'))).to.equal(true);
    expect(isUnchanged(new ChangeSetFailure('Template error'))).to.equal(false);
    expect(isUnchanged(new Error("it didn't contain changes"))).to.equal(false);
  });
});
