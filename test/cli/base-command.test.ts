import type { Config } from '@oclif/core';
import { expect } from 'chai';
import type { AwsContext } from '../../src/aws/context.ts';
import { BaseCommand } from '../../src/cli/base-command.ts';
import { UpdateCommand } from '../../src/cli/update-command.ts';

describe('every command', () => {
  it('may have any number of requests that wait for Ctrl-C, without a warning', async () => {
    class Waiting extends BaseCommand {
      run() {
        for (let count = 0; count < 50; count += 1) this.signal.addEventListener('abort', () => undefined);
        return Promise.resolve();
      }
    }
    const warnings: string[] = [];
    const note = ({ name }: Error) => warnings.push(name);
    process.on('warning', note);
    await new Waiting([], {} as Config).run();
    // Node warns a little later.
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('warning', note);
    expect(warnings).to.eql([]);
  });

  it('asks where stdin and stdout are a terminal; an update is refused where its question would not be seen', async () => {
    class Asking extends UpdateCommand {
      async run(yes = false) {
        const flags = { debug: false, 'no-input': false, yes, 'dry-run': false };
        const aws = { clock: () => Promise.resolve(() => 0) } as unknown as AwsContext;
        return this.options(aws, 'ci', flags).then(
          () => this.interactive(flags),
          (error: unknown) => (error as Error).message,
        );
      }
    }
    const present = [process.stdin.isTTY, process.stdout.isTTY, process.env['CI']] as const;
    const where = (stdin: boolean, stdout: boolean, ci?: string) => {
      process.stdin.isTTY = stdin;
      process.stdout.isTTY = stdout;
      if (ci === undefined) delete process.env['CI'];
      else process.env['CI'] = ci;
    };
    const command = new Asking([], {} as Config);
    const unseen = 'The update of ci is asked for on stdout, which is no terminal here';
    try {
      for (const [stdin, stdout, ci, end] of [
        [true, true, undefined, true],
        [true, true, 'true', false],
        [false, true, undefined, false],
        [false, false, undefined, false],
        [true, false, 'true', false],
        [true, false, undefined, unseen],
      ] as const) {
        where(stdin, stdout, ci);
        expect(await command.run(), `${stdin} ${stdout} ${ci}`).to.equal(end);
      }
      expect(await command.run(true)).to.equal(false);
    } finally {
      where(...present);
    }
  });
});
