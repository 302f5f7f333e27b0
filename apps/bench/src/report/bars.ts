import type { ScenarioResult } from "../measure/scenario.ts";

const rowHeight = 26;
const barHeight = 18;
const titleHeight = 58;
const labelWidth = 172;
const valueWidth = 62;

/** A part of a picture, and how much room it takes. */
export interface Panel {
  readonly svg: string;
  readonly height: number;
}

/** One scenario as bars: shorter is better, the whiskers are the quartiles. @param width - in pixels, labels and values included */
export function bars({ title, columns, chart, results }: ScenarioResult, width: number): Panel {
  const column = columns.find(({ key }) => key === chart);
  const entries = results
    .flatMap(({ contestant, figures }) =>
      figures[chart] === undefined ? [] : [{ contestant, figure: figures[chart] }],
    )
    .sort((a, b) => a.figure.value - b.figure.value);
  const most = Math.max(...entries.map(({ figure }) => figure.high ?? figure.value), Number.MIN_VALUE);
  const scale = (value: number): number => (value / most) * (width - labelWidth - valueWidth);
  const rows = entries.map(({ contestant, figure: { value, low = value, high = value } }, index) => {
    const y = titleHeight + index * rowHeight;
    const middle = y + barHeight / 2;
    const ours = contestant.startsWith("@nsj/mdb");
    return [
      `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end"${ours ? ' class="ours"' : ""}>${inXml(contestant)}</text>`,
      `<rect x="${labelWidth}" y="${y}" width="${scale(value).toFixed(1)}" height="${barHeight}" rx="2" class="${ours ? "our" : "other"}-bar"/>`,
      low === high ? "" : `<path d="M${at(scale(low))} ${middle}H${at(scale(high))}" class="spread"/>`,
      `<text x="${at(scale(high) + 6)}" y="${y + 13}">${value.toFixed(column?.digits ?? 2)}</text>`,
    ].join("");
  });
  const head = `<text y="18" class="title">${inXml(title)}</text><text y="38" class="quiet">${inXml(column?.label ?? "")}, shorter is better</text>`;
  return { svg: [head, ...rows].join("\n"), height: titleHeight + entries.length * rowHeight };
}

function at(x: number): string {
  return (labelWidth + x).toFixed(1);
}

/** A text as it may stand in XML. */
export function inXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
