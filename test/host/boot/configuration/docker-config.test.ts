import { expect } from 'chai';
import { cloudWatchConfig } from '../../../../src/host/boot/configuration/cloudwatch-config.ts';
import { dockerConfig } from '../../../../src/host/boot/configuration/docker-config.ts';
import { Settings } from '../../../../src/host/program/settings.ts';

const SETTINGS = {
  DOCKER_IPV4_ADDRESS_POOL_1: '172.16.0.0/12',
  DOCKER_IPV4_ADDRESS_POOL_2: '192.168.0.0/16',
};
const POOLS = [
  { base: '172.16.0.0/12', size: 20 },
  { base: '192.168.0.0/16', size: 24 },
];
const text = (
  settings: Record<string, string>,
  dataRoot?: string,
  daemonVersion = 'Docker version 27.0.1, build 7fafd33',
) =>
  dockerConfig(new Settings({ ...SETTINGS, ...settings }), {
    ...{ dataRoot, daemonVersion, vpcRanges: ['10.0.0.0/16'] },
  });
const config = (...given: Parameters<typeof text>) => JSON.parse(text(...given)) as Record<string, unknown>;

describe('the settings of Docker', () => {
  const PLAIN = {
    'default-address-pools': POOLS,
    'log-driver': 'json-file',
    'log-opts': { 'max-size': '50m', 'max-file': '3' },
    'live-restore': true,
  };
  for (const [settings, more] of [
    [{}, {}],
    [{ DOCKER_EXPERIMENTAL: 'true' }, { experimental: true }],
    [{ DOCKER_USERNS_REMAP: 'true' }, { 'userns-remap': 'buildkite-agent' }],
    [{ BUILDKITE_RESOURCE_LIMITS: 'true' }, { 'cgroup-parent': 'buildkite.slice' }],
    [{ DOCKER_FIXED_CIDR_V4: '172.17.0.0/16' }, { 'fixed-cidr': '172.17.0.0/16' }],
    [{ DOCKER_NETWORKING_PROTOCOL: 'ipv4', DOCKER_IPV6_ADDRESS_POOL: '2001:db8::/64' }, {}],
    [
      {
        DOCKER_NETWORKING_PROTOCOL: 'dualstack',
        DOCKER_FIXED_CIDR_V6: '2001:db8:1::/64',
        DOCKER_IPV6_ADDRESS_POOL: '2001:db8:2::/104',
      },
      {
        ...{ ipv6: true, ip6tables: true, 'fixed-cidr-v6': '2001:db8:1::/64' },
        'default-address-pools': [...POOLS, { base: '2001:db8:2::/104', size: 112 }],
      },
    ],
  ] as const) {
    it(`have ${JSON.stringify(more)} more for ${JSON.stringify(settings)}`, () => {
      expect(config(settings)).to.eql({ ...PLAIN, ...more });
    });
  }

  const DUAL_STACK = {
    DOCKER_NETWORKING_PROTOCOL: 'dualstack',
    DOCKER_FIXED_CIDR_V6: '2001:db8:1::/64',
    DOCKER_IPV6_ADDRESS_POOL: '2001:db8:2::/104',
  };
  for (const [version, expected] of [
    ['Docker version 26.1.5+dfsg1, build a72d7cd', true],
    ['Docker version 9.9.9, build 1', true],
    ['Docker version 27.0.0-rc.2, build 1', undefined],
    ['Docker version 100.1.0, build 1', undefined],
  ] as const) {
    it(`have experimental features ${expected ? 'on' : 'off'} for dual stack with ${version}`, () => {
      expect(config(DUAL_STACK, undefined, version)['experimental']).to.equal(expected);
      expect(config({}, undefined, version)['experimental']).to.equal(undefined);
    });
  }

  it('are not made for dual stack by a guess at the version', () => {
    expect(() => config(DUAL_STACK, undefined, 'not found')).to.throw('no version of Docker: "not found"');
    expect(() => config({}, undefined, '')).to.not.throw();
  });

  it('have the place of the data where there is one', () => {
    expect(config({}, '/mnt/ephemeral/docker')).to.eql({ ...PLAIN, 'data-root': '/mnt/ephemeral/docker' });
  });

  it('keep what an image or a bootstrap script has set, but where the parameters say otherwise', () => {
    const merged = (existing: string) =>
      JSON.parse(
        dockerConfig(new Settings({ ...SETTINGS, DOCKER_EXPERIMENTAL: 'true' }), {
          dataRoot: undefined,
          vpcRanges: ['10.0.0.0/16'],
          daemonVersion: 'Docker version 27.0.1, build 7fafd33',
          existing,
        }),
      ) as Record<string, unknown>;
    const own = {
      'registry-mirrors': ['https://mirror.example.com'],
      runtimes: { nvidia: { path: 'nvidia-container-runtime' } },
      'default-runtime': 'nvidia',
      'log-driver': 'journald',
      experimental: false,
      'default-address-pools': [{ base: '10.0.0.0/8', size: 24 }],
    };
    const once = merged(JSON.stringify(own));
    expect(once).to.eql({ ...PLAIN, ...own, experimental: true, 'default-address-pools': POOLS });
    expect(merged(JSON.stringify(once)), 'after a wake').to.eql(once);
    expect(merged('\n')).to.eql({ ...PLAIN, experimental: true });
    for (const broken of ['{', '[]', 'null', '"x"']) expect(() => merged(broken)).to.throw('daemon.json');
  });

  it('are lines that people can read', () => {
    expect(text({})).to.match(/^\{\n {2}"log-driver": "json-file",\n[^]*\n\}\n$/);
  });

  it('are not made without a pool that is needed', () => {
    for (const name of Object.keys(SETTINGS)) expect(() => config({ [name]: '' })).to.throw(name);
    expect(() => config({ DOCKER_NETWORKING_PROTOCOL: 'dualstack' })).to.throw('DOCKER_FIXED_CIDR_V6');
  });
});

describe('the settings of the CloudWatch agent', () => {
  it('send each file to its log group, each instance in a stream of its own', () => {
    const written = cloudWatchConfig('/buildkite/ci', 'i-1', '/var/log/messages');
    expect(written).to.match(/^\{\n {2}"agent": [^]*\n\}\n$/);
    const { agent, logs } = JSON.parse(written) as Record<'agent' | 'logs', Record<string, object>>;
    expect(agent).to.eql({
      logfile: '/opt/aws/amazon-cloudwatch-agent/logs/amazon-cloudwatch-agent.log',
      metrics_collection_interval: 60,
    });
    const stream = { log_stream_name: 'i-1', timezone: 'UTC' };
    expect(logs).to.eql({
      logs_collected: {
        files: {
          collect_list: [
            ['agent', '/var/log/bk-stack/agent.log'],
            ['boot', '/var/log/bk-stack/boot.log'],
            ['boot', '/var/log/cloud-init-output.log'],
            ['system', '/var/log/messages'],
            ['docker', '/var/log/bk-stack/docker.log'],
            ['lifecycle', '/var/log/bk-stack/lifecycle.log'],
          ].map(([group, file_path]) => ({ file_path, log_group_name: `/buildkite/ci/${group}`, ...stream })),
        },
      },
      force_flush_interval: 5,
    });
  });
});
