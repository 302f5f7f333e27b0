/** The figures of the quickstart's output that differ from run to run, each with what it is replaced by for a comparison. */
const varying: readonly (readonly [figure: RegExp, name: string])[] = [
  [/heap \d+ MB before, \d+ MB at its highest/g, "heap <memory> MB before, <memory> MB at its highest"],
];

/** An output of the quickstart with everything that differs from run to run replaced. */
export function normaliseOutput(output: string): string {
  return varying.reduce((text, [figure, name]) => text.replace(figure, name), output).trim();
}
