import { AwsError } from '../../../kernel/errors.ts';

/** Runs a deletion; what is gone already counts as deleted. */
export function deleting(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (error instanceof AwsError && /NotFound/.test(error.code)) return;
    throw error;
  }
}
