import { text } from 'node:stream/consumers';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../../cli/base-command.ts';
import { UsageError } from '../../errors.ts';
import { AS_GIVEN } from '../../shell/printed.ts';
import type { RotationResult } from '../../stack/token/rotate.ts';
import { counted } from '../../terminal/text.ts';
import { logLine } from '../../terminal/log-line.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class TokenRotate extends BaseCommand {
  static override summary = 'Give a stack another agent token';
  static override description =
    'The new token is tested against Buildkite, kept in SSM beside the one before, and the instances are replaced, each when ' +
    'its jobs are done; where they could not finish them, --no-roll is needed. If Buildkite refuses it, nothing is changed, or the one before is put back. Ctrl-C stops the ' +
    'watching; the instances go on being replaced.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack --token-stdin < new-token.txt',
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --token-stdin --no-roll < new-token.txt',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    'token-stdin': Flags.boolean({ description: 'read the new token from stdin; else it is asked for' }),
    'min-healthy': Flags.integer({
      description: 'percent of the instances that stay in service meanwhile',
      helpValue: '<percent>',
      default: 100,
      min: 0,
      max: 100,
    }),
    'no-roll': Flags.boolean({ description: 'keep the instances; new ones use the new token' }),
  };

  async run(): Promise<RotationResult> {
    const { args, flags } = await this.parse(TokenRotate);
    const stackName = this.requireName(args.name);
    const feed = `bk-stack token rotate ${stackName} ${AS_GIVEN} --token-stdin < new-token.txt`;
    const { parseToken } = await import('../../stack/token/token.ts');
    const ask = this.interactive(flags) && !flags['token-stdin'];
    if (!ask && (!flags['token-stdin'] || process.stdin.isTTY)) {
      throw new UsageError('No token given', {
        hint: `Pass it on stdin: ${feed}`,
      });
    }
    const { askHidden } = await import('../../terminal/confirm.ts');
    const typed = ask ? await askHidden('New agent token (not shown)') : await text(process.stdin);
    const token = parseToken(typed, ask ? 'What was typed' : 'stdin', feed);
    const aws = await this.connect(flags);
    const { rotateToken } = await import('../../stack/token/rotate.ts');
    const { rotationCalls, rotationTarget } = await import('../../stack/token/calls.ts');
    const { refreshCalls } = await import('../../stack/rollout/refresh.ts');
    const { rotationText } = await import('../../stack/token/text.ts');
    const { requireNoUpdate } = await import('../../stack/update/execution/journal/active-update.ts');
    const { retryClockOf } = await import('../../aws/retry.ts');
    const say = (line: string) => {
      this.progress(this.repaints(flags) ? line : logLine(new Date(), line));
    };
    const { requireDraining } = await import('../../stack/draining/require.ts');
    const { requireStack } = await import('../../stack/facts/stack/find-stack.ts');
    // An update may be about to replace the instances itself, or to move the token elsewhere.
    const [stack] = await Promise.all([requireStack(aws, stackName), requireNoUpdate(aws, stackName)]);
    const place = rotationTarget(aws, stack);
    if (!flags['no-roll']) {
      await requireDraining(aws, stack, place.group, 'token rotate');
    }
    this.onInterrupt(`What AWS was told goes on: see bk-stack status ${stackName}`);
    const result = await rotateToken(
      rotationCalls(aws, this.signal),
      refreshCalls(aws),
      { ...place, token, minHealthy: flags['min-healthy'], roll: !flags['no-roll'] },
      retryClockOf(aws, this.signal),
      {
        say,
        refreshed: ({ status, left, reason }, instances) => {
          say(
            `${instances - left} of ${counted(instances, 'instance')} replaced or ending (${status})${reason === undefined ? '' : `: ${reason}`}`,
          );
        },
      },
    );
    this.log(rotationText(result, outTheme));
    return result;
  }
}
