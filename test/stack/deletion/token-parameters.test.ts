import { expect } from 'chai';
import { deleteParameters, stackParameters } from '../../../src/stack/deletion/token-parameters.ts';
import { recordedAws } from '../../support/recorded-aws.ts';

describe('the SSM parameters of a stack', () => {
  it('are those under its path, of all pages, and their values stay encrypted', async () => {
    const { aws, sent } = recordedAws({
      GetParametersByPath: ({ NextToken }: { NextToken?: string }) =>
        NextToken === undefined
          ? { Parameters: [{ Name: '/bk-stack/ci/agent-token' }, {}], NextToken: '2' }
          : { Parameters: [{ Name: '/bk-stack/ci/update' }] },
    });
    expect(await stackParameters(aws, 'ci')).to.eql(['/bk-stack/ci/agent-token', '/bk-stack/ci/update']);
    const request = { Path: '/bk-stack/ci/', Recursive: true };
    expect(sent).to.eql([
      ['GetParametersByPath', request],
      ['GetParametersByPath', { ...request, NextToken: '2' }],
    ]);
    expect(await stackParameters(recordedAws().aws, 'ci')).to.eql([]);
  });

  it('are deleted ten at a time', async () => {
    const { aws, sent } = recordedAws();
    const names = Array.from({ length: 21 }, (_, at) => `/bk-stack/ci/${at}`);
    await deleteParameters(aws, names);
    expect(sent).to.eql([
      ['DeleteParameters', { Names: names.slice(0, 10) }],
      ['DeleteParameters', { Names: names.slice(10, 20) }],
      ['DeleteParameters', { Names: names.slice(20) }],
    ]);
    await deleteParameters(aws, []);
    expect(sent).to.have.length(3);
  });
});
