import { safe } from '../terminal/safe.ts';
import { table } from '../terminal/table.ts';
import { counted } from '../terminal/text.ts';
import type { Theme } from '../terminal/theme.ts';
import { bytesText } from './bytes-text.ts';
import type { ListedGroup, ListedStream, LogList } from './list.ts';

/** Each group, and below it its streams. */
export function logListText({ groups, shared }: LogList, theme: Theme): string {
  const parts = groups.map((group) => {
    const heading = `${theme.heading(group.name)}  ${aboutGroup(group, shared)}`;
    return group.streams.length === 0
      ? heading
      : `${heading}\n${indented(streamTable(group.streams, theme))}`;
  });
  return parts.join('\n\n');
}

function aboutGroup({ exists, bytes, retentionDays, streams }: ListedGroup, shared: boolean): string {
  if (!exists) return 'is not there (yet)';
  const size = `${bytesText(bytes ?? 0)}${shared ? ', with those of other stacks' : ''}`;
  const kept = retentionDays === undefined ? 'kept for ever' : `kept for ${counted(retentionDays, 'day')}`;
  return `${size}, ${kept}, ${counted(streams.length, 'stream')}`;
}

function streamTable(streams: readonly ListedStream[], theme: Theme): string {
  return table(
    streams,
    [
      { heading: 'STREAM', cell: ({ stream }) => safe(stream) },
      {
        heading: 'INSTANCE',
        cell: ({ present }) => (present === undefined ? '' : present ? 'in the group' : 'gone'),
        paint: (text, { present }) => (present === true ? theme.good(text) : theme.dim(text)),
      },
      { heading: 'FIRST EVENT', cell: ({ firstEvent }) => firstEvent ?? 'none' },
      { heading: 'LAST EVENT', cell: ({ lastEvent }) => lastEvent ?? 'none' },
    ],
    theme.heading,
  );
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
