/** The systems that the host program knows. */
export type DistributionName = 'amazonlinux2023' | 'ubuntu2404';

export interface Distribution {
  readonly name: DistributionName;
  /** As Go and Debian say it. */
  readonly architecture: 'amd64' | 'arm64';
  readonly systemLog: string;
  /** Whom people log in as. */
  readonly loginUser: string;
  /** The service of Session Manager. */
  readonly ssmAgent: string;
}

/** @throws Error that says what was found and what is known */
export function distributionOf(osRelease: string, machine: string): Distribution {
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const system = `${field('ID')} ${field('VERSION_ID')}`;
  const architecture = ({ x64: 'amd64', arm64: 'arm64' } as const)[machine];
  if (architecture === undefined) throw new Error(`The architecture ${machine} is neither x86_64 nor arm64`);
  switch (system) {
    case 'amzn 2023':
      return {
        name: 'amazonlinux2023',
        architecture,
        systemLog: '/var/log/messages',
        loginUser: 'ec2-user',
        ssmAgent: 'amazon-ssm-agent.service',
      };
    case 'ubuntu 24.04':
      return {
        name: 'ubuntu2404',
        architecture,
        systemLog: '/var/log/syslog',
        loginUser: 'ubuntu',
        ssmAgent: 'snap.amazon-ssm-agent.amazon-ssm-agent.service',
      };
    default:
      throw new Error(`This image is ${system}; bk-stack runs on Amazon Linux 2023 and Ubuntu 24.04`);
  }
}
