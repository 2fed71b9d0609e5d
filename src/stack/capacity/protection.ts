/** SetInstanceProtection takes fifty ids: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceProtection.html */
const AT_ONCE = 50;

/** Splits instance ids into as many as SetInstanceProtection takes at once. */
export function protectionBatches(instanceIds: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(instanceIds.length / AT_ONCE) }, (_, index) =>
    instanceIds.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
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
