import { expect } from 'chai';
import { agentUrl } from '../../../../src/host/boot/machine/software.ts';
import { instanceStoreDisks } from '../../../../src/host/boot/machine/storage.ts';

describe('the instance store', () => {
  it('is told from volumes by its model', () => {
    const blockdevices = [
      { name: 'nvme0n1', model: 'Amazon Elastic Block Store' },
      { name: 'nvme1n1', model: 'Amazon EC2 NVMe Instance Storage        ' },
      { name: 'zram0', model: null },
    ];
    expect(instanceStoreDisks(JSON.stringify({ blockdevices }))).to.eql(['/dev/nvme1n1']);
  });
});

describe('a release of the agent', () => {
  it('is the newest of a channel, or a version', () => {
    expect(agentUrl('stable', 'amd64')).to.match(/\/stable\/latest\/buildkite-agent-linux-amd64$/);
    expect(agentUrl('beta', 'arm64')).to.match(/\/unstable\/latest\/buildkite-agent-linux-arm64$/);
    expect(agentUrl('edge', 'amd64')).to.match(/\/experimental\/latest\//);
    expect(agentUrl('3.100.0', 'amd64')).to.match(/\/stable\/3\.100\.0\//);
    expect(() => agentUrl('../x', 'amd64')).to.throw('may be stable, beta, edge or a version');
  });
});
