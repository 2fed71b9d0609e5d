/** An instant for people, to the minute. @param instant ISO 8601, in UTC */
export function minuteOf(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}
