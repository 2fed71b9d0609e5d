import { checkExecutions, checkVpcs, type QuotaCalls } from '../../stack/preflight/checks/quotas.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';

/** Whether the account has room for another stack. */
export function quotasCheck(calls: QuotaCalls, region: string): Check {
  return {
    title: 'Quotas',
    run: async () => {
      const [vpcs, executions] = await Promise.all([
        checkVpcs(calls, region),
        // What the template reserves.
        checkExecutions(calls, { reservedExecutions: 1, region }),
      ]);
      const one = (code: 'vpc-quota' | 'lambda-quota', verdict: typeof vpcs, meaning: string): Finding[] => [
        ...verdict.problems.map(({ message, hint = '' }): Finding => ({
          code,
          severity: 'warning',
          message,
          meaning,
          fix: hint,
        })),
        ...verdict.warnings.map(({ message }): Finding => ({
          code: 'could-not-look',
          severity: 'warning',
          message,
          meaning: 'Whether there is room for another stack is not known.',
          fix: 'Ask for the permissions servicequotas:GetServiceQuota and servicequotas:GetAWSDefaultServiceQuota',
        })),
      ];
      return examined(
        vpcs.fact || 'room for another stack',
        ...one('vpc-quota', vpcs, 'A new stack cannot have a VPC of its own.'),
        ...one('lambda-quota', executions, 'A new stack cannot be made: its scaler cannot be set apart.'),
      );
    },
  };
}
