import { createHash } from 'node:crypto';
import type { Architecture } from './instance-types.ts';

/** A public image as the sandbox knows it. */
export interface PublicImage {
  readonly id: string;
  /** The name it has in EC2. */
  readonly name: string;
  readonly description: string;
  readonly owner: { readonly id: string; readonly alias?: string };
  readonly architecture: Architecture;
  readonly rootDevice: string;
  readonly rootGb: number;
}

const AMAZON = { id: '137112412989', alias: 'amazon' };
const CANONICAL = { id: '099720109477' };
/** When the images of this catalogue were made. */
export const IMAGES_CREATED = '2025-12-15T22:09:11.000Z';

interface Series {
  readonly parameter: (architecture: Architecture) => readonly string[];
  readonly image: (architecture: Architecture) => Omit<PublicImage, 'id' | 'architecture'>;
}

const al2023 = (kernel: string, minimal: boolean): Series => ({
  parameter: (architecture) => {
    const variant = minimal ? 'ami-minimal' : 'ami';
    return [`/aws/service/ami-amazon-linux-latest/al2023-${variant}-kernel-${kernel}-${architecture}`];
  },
  image: (architecture) => ({
    name: `al2023-ami-${minimal ? 'minimal-' : ''}2023.9.20251208.0-kernel-${kernel === 'default' ? '6.1' : kernel}-${architecture}`,
    description: `Amazon Linux 2023 AMI 2023.9.20251208.0 ${architecture} HVM kernel-${kernel === 'default' ? '6.1' : kernel}`,
    owner: AMAZON,
    rootDevice: '/dev/xvda',
    rootGb: minimal ? 2 : 8,
  }),
});

const amazonLinux2: Series = {
  parameter: (architecture) => [
    `/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-${architecture}-gp2`,
    `/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-${architecture}-gp2`,
  ],
  image: (architecture) => ({
    name: `amzn2-ami-kernel-5.10-hvm-2.0.20251201.0-${architecture}-gp2`,
    description: `Amazon Linux 2 Kernel 5.10 AMI 2.0.20251201.0 ${architecture} HVM gp2`,
    owner: AMAZON,
    rootDevice: '/dev/xvda',
    rootGb: 8,
  }),
};

const ubuntu = (release: string, codename: string, disk: string): Series => ({
  parameter: (architecture) => [
    `/aws/service/canonical/ubuntu/server/${release}/stable/current/${debian(architecture)}/hvm/${disk}/ami-id`,
    `/aws/service/canonical/ubuntu/server/${codename}/stable/current/${debian(architecture)}/hvm/${disk}/ami-id`,
  ],
  image: (architecture) => ({
    name: `ubuntu/images/hvm-ssd${disk === 'ebs-gp3' ? '-gp3' : ''}/ubuntu-${codename}-${release}-${debian(architecture)}-server-20251212`,
    description: `Canonical, Ubuntu, ${release}, ${debian(architecture)} ${codename} image`,
    owner: CANONICAL,
    rootDevice: '/dev/sda1',
    rootGb: 8,
  }),
});

const debian = (architecture: Architecture) => (architecture === 'x86_64' ? 'amd64' : 'arm64');

const SERIES: readonly Series[] = [
  al2023('default', false),
  al2023('6.1', false),
  al2023('6.12', false),
  al2023('default', true),
  al2023('6.1', true),
  al2023('6.12', true),
  amazonLinux2,
  ubuntu('24.04', 'noble', 'ebs-gp3'),
  ubuntu('22.04', 'jammy', 'ebs-gp2'),
];

/** The public SSM parameters that name images, each with the name of its image. */
const byParameter: ReadonlyMap<string, Omit<PublicImage, 'id'>> = new Map(
  SERIES.flatMap((series) =>
    (['x86_64', 'arm64'] as const).flatMap((architecture) =>
      series
        .parameter(architecture)
        .map((parameter) => [parameter, { ...series.image(architecture), architecture }] as const),
    ),
  ),
);

/** The names of the public SSM parameters that hold the id of an image. */
export function imageParameters(): string[] {
  return [...byParameter.keys()];
}

/**
 * The id of the image that a public SSM parameter names in a region: the same one every time.
 * @param name the parameter's name, or an image's name in EC2
 */
export function publicImageId(region: string, name: string): string {
  const image = byParameter.get(name)?.name ?? name;
  return `ami-0${createHash('sha256').update(`${region}/${image}`).digest('hex').slice(0, 16)}`;
}

/** The public images of a region. */
export function publicImages(region: string): PublicImage[] {
  const images = new Map<string, PublicImage>();
  for (const image of byParameter.values()) {
    const id = publicImageId(region, image.name);
    images.set(id, { ...image, id });
  }
  return [...images.values()];
}
