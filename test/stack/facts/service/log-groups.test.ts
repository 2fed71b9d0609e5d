import { expect } from 'chai';
import { logGroupsOf } from '../../../../src/stack/facts/service/log-groups.ts';
import { BARE, GROUPED } from '../../../support/plain-facts.ts';

const OURS = { ...BARE, Description: 'made and run by bk-stack.' };

describe('the log groups of a stack', () => {
  it('are its own in our template, by its prefix, else by its name', () => {
    const prefix = { OutputKey: 'LogGroupPrefix', OutputValue: '/logs/ci' };
    expect(logGroupsOf({ ...OURS, Outputs: [prefix] })).to.deep.include({ own: true });
    expect(logGroupsOf({ ...OURS, Outputs: [prefix] })?.names).to.eql({
      ...{ agent: ['/logs/ci/agent'], boot: ['/logs/ci/boot'], system: ['/logs/ci/system'] },
      ...{ docker: ['/logs/ci/docker'], lifecycle: ['/logs/ci/lifecycle'], scaler: ['/logs/ci/scaler'] },
    });
    expect(logGroupsOf(OURS)?.names.scaler).to.eql(['/buildkite/ci/scaler']);
    expect(logGroupsOf(OURS)).to.not.have.property('sharedBy');
  });

  it('are shared in the official template, by the instances of its group', () => {
    const shared = logGroupsOf({ ...GROUPED, Description: 'Buildkite stack v6.40.0' });
    expect(shared).to.include({ own: false, sharedBy: 'ci-Group' });
    expect(shared?.names.boot[0]).to.equal('/buildkite/elastic-stack');
    expect(shared?.names.scaler).to.eql([]);
    expect(logGroupsOf({ ...BARE, Description: 'Buildkite stack v6.40.0' })).to.not.have.property('sharedBy');
  });

  it('are none for a stack without agents', () => {
    expect(logGroupsOf(BARE)).to.equal(undefined);
  });
});
