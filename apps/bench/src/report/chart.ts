import type { ScenarioResult } from "../measure/scenario.ts";

const width = 760;
const rowHeight = 28;
const labelWidth = 190;
const valueWidth = 90;
const top = 64;

/** One scenario as a bar chart: shorter is better, the whiskers are the quartiles. */
export function toSvg({ title, columns, chart, results }: ScenarioResult): string {
  const column = columns.find(({ key }) => key === chart);
  const bars = results
    .flatMap(({ contestant, figures }) =>
      figures[chart] === undefined ? [] : [{ contestant, figure: figures[chart] }],
    )
    .sort((a, b) => a.figure.value - b.figure.value);
  const most = Math.max(...bars.map(({ figure }) => figure.high ?? figure.value), Number.MIN_VALUE);
  const scale = (value: number): number => (value / most) * (width - labelWidth - valueWidth);
  const height = top + bars.length * rowHeight + 16;
  const rows = bars.map(({ contestant, figure }, index) => {
    const y = top + index * rowHeight;
    const fill = contestant.startsWith("@nsj/mdb") ? "#0a7f5a" : "#9aa5b1";
    const whisker =
      figure.low === undefined || figure.high === undefined
        ? ""
        : `<line x1="${at(scale(figure.low))}" x2="${at(scale(figure.high))}" y1="${y + 10}" y2="${y + 10}" stroke="#1f2933" stroke-width="1.5"/>`;
    return [
      `<text x="${labelWidth - 8}" y="${y + 14}" text-anchor="end">${inXml(contestant)}</text>`,
      `<rect x="${labelWidth}" y="${y}" width="${scale(figure.value).toFixed(1)}" height="20" rx="2" fill="${fill}"/>`,
      whisker,
      `<text x="${at(scale(figure.high ?? figure.value) + 8)}" y="${y + 14}">${figure.value.toFixed(column?.digits ?? 2)}</text>`,
    ].join("");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#1f2933">
<rect width="100%" height="100%" fill="#fff"/>
<text x="16" y="26" font-size="16" font-weight="600">${inXml(title)}</text>
<text x="16" y="46" fill="#52606d">${inXml(column?.label ?? "")}, shorter is better</text>
${rows.join("\n")}
</svg>
`;
}

function at(x: number): string {
  return (labelWidth + x).toFixed(1);
}

function inXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
