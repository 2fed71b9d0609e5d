import { safe } from '../../terminal/safe.ts';
import { table } from '../../terminal/table.ts';
import { counted } from '../../terminal/text.ts';
import { bytesText } from '../bytes-text.ts';
import type { InsightsAnswer, InsightsStatistics } from './run.ts';

/** The rows under their fields. */
export function insightsText({ columns, rows }: InsightsAnswer, heading: (text: string) => string): string {
  if (rows.length === 0) return 'Nothing matches.';
  return table(
    rows,
    columns.map((column) => ({ heading: safe(column), cell: (row) => safe((row[column] ?? '').trimEnd()) })),
    heading,
  );
}

/** The same as CSV. https://www.rfc-editor.org/rfc/rfc4180 */
export function insightsCsv({ columns, rows }: InsightsAnswer): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
  return lines.map((cells) => cells.map(quoted).join(',')).join('\r\n');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** What was gone through, which is what AWS charges for. */
export function statisticsText({ bytesScanned, recordsMatched, recordsScanned }: InsightsStatistics): string {
  return `${counted(recordsScanned, 'event')} scanned (${bytesText(bytesScanned)}), ${recordsMatched} matched`;
}
