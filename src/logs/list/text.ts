import { safe } from '../../terminal/safe.ts';
import { table } from '../../terminal/table.ts';
import { counted, widthOf } from '../../terminal/text.ts';
import { wrapped } from '../../terminal/wrap.ts';
import type { Theme } from '../../terminal/theme.ts';
import { bytesText } from '../bytes-text.ts';
import type { ListedGroup, ListedStream, LogList } from './list.ts';

/**
 * Each group, and below it its streams.
 * @param columns how wide it may be; where a group's table would be wider, the events of a stream stand below it
 */
export function logListText({ groups, shared }: LogList, theme: Theme, columns = Infinity): string {
  const parts = groups.map((group) => {
    const heading = headingOf(group, aboutGroup(group, shared), theme, columns);
    if (group.streams.length === 0) return heading;
    const wide = indented(streamTable(group.streams, theme));
    const fits = wide.split('\n').every((line) => widthOf(line) <= columns);
    return `${heading}\n${fits ? wide : streamList(group.streams, theme, columns)}`;
  });
  return parts.join('\n\n');
}

function headingOf({ name }: ListedGroup, about: string, theme: Theme, columns: number): string {
  return widthOf(`${name}  ${about}`) <= columns
    ? `${theme.heading(name)}  ${about}`
    : `${theme.heading(name)}\n${wrapped(`  ${about}`, columns)}`;
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
        cell: presenceText,
        paint: (text, { present }) => (present === true ? theme.good(text) : theme.dim(text)),
      },
      { heading: 'FIRST EVENT', cell: ({ firstEvent }) => firstEvent ?? 'none' },
      { heading: 'LAST EVENT', cell: ({ lastEvent }) => lastEvent ?? 'none' },
    ],
    theme.heading,
  );
}

/** Each stream with its instance, and its events below. */
function streamList(streams: readonly ListedStream[], theme: Theme, columns: number): string {
  const lines = streams.flatMap((listed) => {
    const { stream, present, firstEvent, lastEvent } = listed;
    const paint = present === true ? theme.good : theme.dim;
    const instance = present === undefined ? '' : `  ${paint(presenceText(listed))}`;
    const events =
      firstEvent === undefined && lastEvent === undefined
        ? 'no event'
        : `${firstEvent ?? 'none'} to ${lastEvent ?? 'none'}`;
    return [`  ${safe(stream)}${instance}`, wrapped(`    ${events}`, columns)];
  });
  return lines.join('\n');
}

function presenceText({ present }: ListedStream): string {
  return present === undefined ? '' : present ? 'in the group' : 'gone';
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
