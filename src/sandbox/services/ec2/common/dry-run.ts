import { AwsError } from '../../../kernel/errors.ts';
import type { Service } from '../../../kernel/world.ts';

type Operations = Service['operations'];

/**
 * Has every operation take `DryRun`, with which EC2 only checks the permission for a request: it answers with an error
 * either way, and never does what is asked.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
 */
export function withDryRun(operations: Operations): Operations {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, Operations[string]] => [
      name,
      (input, context) => {
        if ((input as { readonly DryRun?: boolean }).DryRun === true) throw wouldHaveSucceeded();
        return operation(input, context);
      },
    ]),
  );
}

function wouldHaveSucceeded(): AwsError {
  return new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}
