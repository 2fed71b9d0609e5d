import { counted } from '../../terminal/text.ts';
import { bytesText } from '../bytes-text.ts';
import type { SavedLogs, SavingProgress } from './save-logs.ts';

export function progressText({ bytes, events, files, filesDone }: SavingProgress): string {
  return `${filesDone} of ${counted(files, 'stream')}, ${counted(events, 'event')}, ${bytesText(bytes)}`;
}

export function savedText({ bytes, directory, files, since, until }: SavedLogs): string {
  const window = `from ${since} to ${until}`;
  if (files.length === 0) return `There are no logs ${window}: ${directory} holds none.`;
  return `${counted(files.length, 'file')}, ${bytesText(bytes)}, ${window}, in ${directory}`;
}
