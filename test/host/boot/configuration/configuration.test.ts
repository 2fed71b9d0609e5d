import { expect } from 'chai';
import { withFetchedKeys } from '../../../../src/host/boot/configuration/authorized-users.ts';
import { dockerConfig } from '../../../../src/host/boot/configuration/docker-config.ts';
import { jobsSlice } from '../../../../src/host/boot/configuration/resource-limits.ts';
import { hostSettings } from '../../../support/bk-stack-template.ts';

describe('the configuration of Docker', () => {
  const configOf = async (
    parameters: Record<string, string>,
    vpcRanges = ['10.0.0.0/16'],
    dataRoot?: string,
  ) =>
    JSON.parse(
      dockerConfig(await hostSettings(parameters), {
        dataRoot,
        vpcRanges,
        daemonVersion: 'Docker version 29.1.0',
      }),
    );

  it('has pools for many networks, and nothing that was not asked for', async () => {
    expect(await configOf({})).to.deep.equal({
      'default-address-pools': [
        { base: '172.16.0.0/12', size: 20 },
        { base: '192.168.0.0/16', size: 24 },
      ],
      'log-driver': 'json-file',
      'log-opts': { 'max-size': '50m', 'max-file': '3' },
      'live-restore': true,
    });
  });

  it('keeps clear of the VPC', async () => {
    const config = await configOf({}, ['172.31.0.0/16', '192.168.0.0/20']);
    const bases = config['default-address-pools'].map(({ base }: { base: string }) => base);
    expect(bases).to.eql([
      ...['172.16.0.0/13', '172.24.0.0/14', '172.28.0.0/15', '172.30.0.0/16'],
      ...['192.168.16.0/20', '192.168.32.0/19', '192.168.64.0/18', '192.168.128.0/17'],
    ]);
    const covered = await configOf({ DockerIPv4AddressPool1: '10.1.0.0/16' }, ['10.0.0.0/8']);
    expect(covered['default-address-pools'][0].base, 'there has to be one').to.equal('10.1.0.0/16');
  });

  it('has IPv6 where it is asked for', async () => {
    const config = await configOf({
      DockerNetworkingProtocol: 'dualstack',
      DockerIPv4AddressPool1: '100.64.0.0/12',
      DockerFixedCidrV4: '100.64.0.0/20',
    });
    expect(config).to.include({ ipv6: true, ip6tables: true, 'fixed-cidr-v6': '2001:db8:1::/64' });
    expect(config['fixed-cidr']).to.equal('100.64.0.0/20');
    expect(config['default-address-pools'][0].base).to.equal('100.64.0.0/12');
    expect(config['default-address-pools'][2]).to.eql({ base: '2001:db8:2::/104', size: 112 });
  });

  it('has its data where there is room', async () => {
    expect(await configOf({}, [], '/mnt/ephemeral/docker')).to.include({
      'data-root': '/mnt/ephemeral/docker',
    });
  });
});

describe('the limits of jobs', () => {
  it('count the CPU in shares of all, and as systemd does above that', async () => {
    const quotaOf = async (ResourceLimitsCPUQuota: string) =>
      /CPUQuota=(.*)/.exec(jobsSlice(await hostSettings({ ResourceLimitsCPUQuota }), 8))?.[1];
    expect(await quotaOf('90%')).to.equal('720%');
    expect(await quotaOf('100%')).to.equal('800%');
    expect(await quotaOf('350%')).to.equal('350%');
  });
});

describe('the keys for SSH', () => {
  it('are those that were there and those fetched last', () => {
    const first = withFetchedKeys('ssh-ed25519 KEYPAIR me', 'ssh-ed25519 A a\n');
    expect(first).to.match(/^ssh-ed25519 KEYPAIR me\n# Begin.*\nssh-ed25519 A a\n# End.*\n$/);
    const second = withFetchedKeys(`${first}ssh-ed25519 BY-HAND\n`, 'ssh-ed25519 B b\n');
    expect(second).to.contain('KEYPAIR').and.to.contain('BY-HAND').and.to.contain('B b');
    expect(second).to.not.contain('A a');
  });
});
