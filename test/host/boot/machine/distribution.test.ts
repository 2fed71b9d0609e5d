import { expect } from 'chai';
import { distributionOf } from '../../../../src/host/boot/machine/distribution.ts';

const AMAZON = 'NAME="Amazon Linux"\nVERSION="2023"\nID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\n';
const UBUNTU = 'PRETTY_NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="24.04"\nVERSION="24.04.1 LTS"\n';

describe('the distribution of an image', () => {
  it('is Amazon Linux 2023 or Ubuntu 24.04', () => {
    expect(distributionOf(AMAZON, 'x64')).to.eql({
      ...{ name: 'amazonlinux2023', architecture: 'amd64', loginUser: 'ec2-user' },
      ...{ systemLog: '/var/log/messages', ssmAgent: 'amazon-ssm-agent.service' },
    });
    expect(distributionOf(UBUNTU, 'arm64')).to.eql({
      ...{ name: 'ubuntu2404', architecture: 'arm64', loginUser: 'ubuntu' },
      ...{ systemLog: '/var/log/syslog', ssmAgent: 'snap.amazon-ssm-agent.amazon-ssm-agent.service' },
    });
  });

  it('may be no other, and neither may be its architecture', () => {
    for (const [release, machine, message] of [
      [AMAZON, 'ia32', 'The architecture ia32 is neither x86_64 nor arm64'],
      ['ID=debian\nVERSION_ID="12"\n', 'x64', 'This image is debian 12; bk-stack runs on Amazon Linux 2023'],
      ['ID="amzn"\nVERSION_ID="2"\n', 'x64', 'This image is amzn 2;'],
      ['ID=ubuntu\nVERSION_ID="22.04"\n', 'x64', 'This image is ubuntu 22.04;'],
      ['', 'x64', 'This image is  ; bk-stack runs on Amazon Linux 2023 and Ubuntu 24.04'],
    ] as const) {
      expect(() => distributionOf(release, machine), message).to.throw(message);
    }
  });
});
