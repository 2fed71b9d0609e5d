/** SetInstanceProtection takes fifty ids: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceProtection.html */
const AT_ONCE = 50;

/** Splits instance ids into as many as SetInstanceProtection takes at once. */
export function protectionBatches(instanceIds: readonly string[]): string[][] {
  return batchesOf(instanceIds, AT_ONCE);
}

/** Splits instance ids into as many as a request takes. */
export function batchesOf(instanceIds: readonly string[], most: number): string[][] {
  return Array.from({ length: Math.ceil(instanceIds.length / most) }, (_, index) =>
    instanceIds.slice(index * most, (index + 1) * most),
  );
}

/** The commands that protect instances from scale-in, or remove that protection. */
export function protectionCommands(
  group: string,
  instanceIds: readonly string[],
  region: string,
  flag: '--protected-from-scale-in' | '--no-protected-from-scale-in',
): string[] {
  return protectionBatches(instanceIds).map(
    (ids) =>
      `aws autoscaling set-instance-protection --instance-ids ${ids.join(' ')} --auto-scaling-group-name ${group} ${flag} --region ${region}`,
  );
}
