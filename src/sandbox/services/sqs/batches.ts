import type {
  BatchResultErrorEntry,
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult,
  DeleteMessageBatchRequest,
  DeleteMessageBatchResult,
  SendMessageBatchRequest,
  SendMessageBatchResult,
  SendMessageBatchResultEntry,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { sendTo } from './messages.ts';
import { changeVisibility, deleteFrom } from './receiving.ts';
import { queueAt } from './state.ts';

const MOST_ENTRIES = 10;

interface Entry {
  readonly Id: string | undefined;
}

/** Does each entry's work; what is refused does not stop the others. */
function eachOf<E extends Entry, Done extends object>(
  entries: readonly E[] | undefined,
  work: (entry: E) => Done,
) {
  checkEntries(entries ?? []);
  const Successful: (Done & { Id: string })[] = [];
  const Failed: BatchResultErrorEntry[] = [];
  for (const entry of entries ?? []) {
    const Id = entry.Id ?? '';
    try {
      Successful.push({ Id, ...work(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function checkEntries(entries: readonly Entry[]): void {
  if (entries.length === 0) {
    throw new AwsError(
      'EmptyBatchRequest',
      'There should be at least one SendMessageBatchRequestEntry in the request.',
    );
  }
  if (entries.length > MOST_ENTRIES) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MOST_ENTRIES}. You have sent ${entries.length}.`,
    );
  }
  const seen = new Set<string>();
  for (const { Id = '' } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(Id)) {
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (seen.has(Id)) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    seen.add(Id);
  }
}

function sendMessageBatch(
  { QueueUrl, Entries }: SendMessageBatchRequest,
  scope: Scope,
): SendMessageBatchResult {
  const queue = queueAt(scope, QueueUrl);
  return eachOf(Entries, (entry) => sendTo(scope, queue, entry) as Omit<SendMessageBatchResultEntry, 'Id'>);
}

function deleteMessageBatch(
  { QueueUrl, Entries }: DeleteMessageBatchRequest,
  scope: Scope,
): DeleteMessageBatchResult {
  const queue = queueAt(scope, QueueUrl);
  return eachOf(Entries, ({ ReceiptHandle }) => {
    deleteFrom(queue, ReceiptHandle);
    return {};
  });
}

function changeVisibilityBatch(
  { QueueUrl, Entries }: ChangeMessageVisibilityBatchRequest,
  scope: Scope,
): ChangeMessageVisibilityBatchResult {
  const queue = queueAt(scope, QueueUrl);
  return eachOf(Entries, ({ ReceiptHandle, VisibilityTimeout }) => {
    changeVisibility(scope, queue, ReceiptHandle, VisibilityTimeout);
    return {};
  });
}

export const batchOperations = {
  SendMessageBatch: sendMessageBatch,
  DeleteMessageBatch: deleteMessageBatch,
  ChangeMessageVisibilityBatch: changeVisibilityBatch,
};
