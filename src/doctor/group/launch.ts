import type { Finding as PreflightFinding, PreflightCalls } from '../../stack/preflight/index.ts';
import { type InstanceTypeFacts, judgeInstanceTypes } from '../../stack/preflight/checks/instance-types.ts';
import { checkLaunch } from '../../stack/preflight/checks/launch.ts';
import { checkVcpus } from '../../stack/preflight/checks/quotas.ts';
import type { ImageCalls } from '../../stack/image/calls.ts';
import { imageText, stackImageText } from '../../stack/image/image.ts';
import { readStackImage } from '../../stack/image/read.ts';
import { type Check, examined, type Finding, type FindingCode } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

type LaunchCalls = Pick<PreflightCalls, 'image' | 'instanceTypes' | 'keyPairs' | 'quota' | 'subnets'>;

/** Publishers release images every couple of weeks; one that is older than this has missed two. */
const OLD_DAYS = 30;

/** Whether new instances can be had, and can start. Judged by the same rules as before a creation. */
export function launchChecks(
  facts: StackFacts,
  calls: LaunchCalls,
  images: Pick<ImageCalls, 'named' | 'describe'>,
): Check[] {
  let known: Promise<readonly InstanceTypeFacts[]> | undefined;
  /** Of the group's types; asked for once. */
  const types = async (names: readonly string[]) => (known ??= calls.instanceTypes(names));
  return [
    {
      title: 'Instance types',
      run: async () => {
        const group = await facts.group();
        const launch = group && (await facts.launch(group));
        if (group === undefined || launch === undefined) return examined('not known');
        const wanted = launch.types;
        const found = await types(wanted);
        const survey = { wanted, facts: found, known: [], placement: await placementOf(calls, group) };
        const { fact, problems, warnings } = judgeInstanceTypes(survey, facts.region);
        const change = (await facts.changeAdvice())('InstanceTypes=...');
        const findings = [
          ...problems.map((each) => ({ ...each, severity: 'error' as const })),
          ...warnings.map((each) => ({ ...each, severity: 'warning' as const })),
        ].map(({ severity, message }): Finding => ({
          code: 'instance-type-not-offered',
          severity,
          message,
          meaning: 'The group cannot launch such instances there, and jobs wait longer.',
          fix: `Name types that every zone offers: ${change}`,
        }));
        return examined(fact, ...findings);
      },
    },
    {
      title: 'Image and key',
      run: async () => {
        const group = await facts.group();
        const launch = group && (await facts.launch(group));
        if (launch === undefined) return examined('not known');
        const subject = {
          region: facts.region,
          imageId: launch.data.ImageId ?? '',
          keyName: launch.data.KeyName ?? '',
          types: await types(launch.types),
        };
        const [image, key, changeAdvice] = await Promise.all([
          checkLaunch(calls, { ...subject, keyName: '' }),
          checkLaunch(calls, { ...subject, imageId: '' }),
          facts.changeAdvice(),
        ]);
        const unable = 'No new instance can start.';
        return examined(
          `${subject.imageId}, ${subject.keyName || 'no SSH key'}`,
          ...image.problems.map((each) =>
            asError('image-unusable', each, unable, changeAdvice('ImageId=...')),
          ),
          ...key.problems.map((each) => asError('key-pair-missing', each, unable, changeAdvice('KeyName='))),
        );
      },
    },
    {
      title: 'Image age',
      run: async () => {
        const image = await readStackImage(images, facts);
        if (image === undefined) return examined('not known');
        const { current, newer } = image;
        const fix =
          newer === undefined
            ? (await facts.changeAdvice())('ImageId=...')
            : `bk-stack update ${facts.target}`;
        const told = {
          severity: 'warning' as const,
          meaning: 'Instances miss the fixes that came since.',
          fix,
        };
        if (current.deprecated === true) {
          const message = `The image ${imageText(current)} is not to be used any more`;
          return examined('', { ...told, code: 'image-deprecated', message });
        }
        if (newer === undefined || (current.ageDays ?? 0) < OLD_DAYS) return examined(stackImageText(image));
        return examined('', {
          ...told,
          code: 'image-outdated',
          message: `There is a newer image than ${imageText(current)}: ${imageText(newer)}`,
        });
      },
    },
    {
      title: 'vCPU quotas',
      run: async () => {
        const group = await facts.group();
        const launch = group && (await facts.launch(group));
        if (group === undefined || launch === undefined) return examined('not known');
        const distribution = group.MixedInstancesPolicy?.InstancesDistribution;
        const subject = {
          sizes: {
            minSize: group.MinSize ?? 0,
            maxSize: group.MaxSize ?? 0,
            onDemandBase: distribution?.OnDemandBaseCapacity ?? 0,
            onDemandPercentage: distribution?.OnDemandPercentageAboveBaseCapacity ?? 100,
          },
          types: await types(launch.types),
          region: facts.region,
        };
        const verdicts = await Promise.all([
          checkVcpus(calls, subject, 'on-demand'),
          checkVcpus(calls, subject, 'spot'),
        ]);
        return examined(
          verdicts.flatMap(({ fact }) => fact || []).join(', ') || 'nothing to count',
          ...verdicts.flatMap(({ problems, warnings }) => [
            ...problems.map((each) => ofQuota('error', each)),
            ...warnings.map((each) => ofQuota('warning', each)),
          ]),
        );
      },
    },
  ];
}

async function placementOf(
  calls: Pick<LaunchCalls, 'subnets'>,
  { VPCZoneIdentifier = '' }: { readonly VPCZoneIdentifier?: string | undefined },
) {
  const wanted = VPCZoneIdentifier.split(',').filter(Boolean);
  const found = await calls.subnets(wanted);
  // Those that are gone are told by the check of the network.
  return { kind: 'subnets', vpcId: '', wanted: found.map(({ id }) => id), found } as const;
}

function asError(
  code: FindingCode,
  { message, hint }: PreflightFinding,
  meaning: string,
  command: string,
): Finding {
  return {
    code,
    severity: 'error',
    message,
    meaning,
    fix: hint === undefined ? command : `${hint}\n${command}`,
  };
}

function ofQuota(severity: 'error' | 'warning', { message, hint }: PreflightFinding): Finding {
  return {
    code: hint === undefined ? 'could-not-look' : 'vcpu-quota',
    severity,
    message,
    meaning: 'Beyond that no instance is launched, and jobs wait.',
    fix: hint ?? 'Look again; with --debug each request shows.',
  };
}
