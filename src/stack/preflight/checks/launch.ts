import { nearestNames } from '../../../terminal/nearest.ts';
import { type Finding, type Verdict, verdict } from './check.ts';
import type { InstanceTypeFacts } from './instance-types.ts';

/** An image as far as starting instances from it needs it. */
export interface ImageFacts {
  readonly architecture: string;
  readonly state: string;
}

/** What looking at an image and a key pair needs of EC2. */
export interface LaunchCalls {
  image(id: string): Promise<ImageFacts | undefined>;
  /** The names of all key pairs of the region. */
  keyPairs(): Promise<readonly string[]>;
}

export interface LaunchSubject {
  readonly region: string;
  /** Empty where the template finds one by itself. */
  readonly imageId: string;
  /** Empty for none. */
  readonly keyName: string;
  readonly types: readonly InstanceTypeFacts[];
}

/** Judges whether instances can start at all: otherwise the creation fails only when it has waited for them. */
export async function checkLaunch(calls: LaunchCalls, subject: LaunchSubject): Promise<Verdict> {
  const { imageId, keyName } = subject;
  const [image, key] = await Promise.all([
    imageId === '' ? [] : checkImage(calls, subject),
    keyName === '' ? [] : checkKey(calls, subject),
  ]);
  const facts = [
    imageId || "the template's own image",
    keyName === '' ? 'no SSH key' : `key pair ${keyName}`,
  ];
  return verdict(facts.join(', '), { problems: [...image, ...key] });
}

async function checkImage(calls: LaunchCalls, { region, imageId, types }: LaunchSubject): Promise<Finding[]> {
  const image = await calls.image(imageId);
  if (image === undefined) {
    return [
      {
        message: `${region} has no image ${imageId} that this account may use`,
        hint: 'Images belong to one region. Copy it there, or leave ImageId out.',
      },
    ];
  }
  if (image.state !== 'available') {
    return [
      {
        message: `The image ${imageId} is not available: it is ${image.state}`,
        hint: 'Wait for it, or name another.',
      },
    ];
  }
  const others = types.filter(({ architectures }) => !architectures.includes(image.architecture));
  if (others.length === 0) return [];
  const names = others.map(({ type }) => type).join(', ');
  return [
    {
      message: `The image ${imageId} is for ${image.architecture}, and cannot run on ${names}`,
      hint: 'Name another image, or types of its architecture.',
    },
  ];
}

async function checkKey(calls: LaunchCalls, { region, keyName }: LaunchSubject): Promise<Finding[]> {
  const names = await calls.keyPairs();
  if (names.includes(keyName)) return [];
  const near = nearestNames(keyName, names);
  return [
    {
      message: `${region} has no key pair "${keyName}"`,
      hint:
        near.length > 0
          ? `Did you mean ${near.join(' or ')}? --param KeyName=${near[0] ?? ''}`
          : `To list them: aws ec2 describe-key-pairs --region ${region}. Session Manager needs none.`,
    },
  ];
}
