/** The width of stdout in columns; undefined where it is no terminal, which Node's types do not say. */
export function terminalColumns(): number | undefined {
  const { columns }: { readonly columns?: number } = process.stdout;
  return columns;
}
