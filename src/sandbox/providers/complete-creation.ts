/**
 * Does the rest of a creation that takes several calls, and takes back the first when one of the others is refused: whatever
 * CloudFormation fails to make is gone after the rollback, as it knows the physical id from the first call on.
 * @throws what `complete` throws
 */
export function completeCreation(complete: () => void, takeBack: () => void): void {
  try {
    complete();
  } catch (error) {
    takeBack();
    throw error;
  }
}
