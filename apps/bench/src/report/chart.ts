import type { ScenarioResult } from "../measure/scenario.ts";
import { bars, inXml } from "./bars.ts";

const margin = 20;
const panelWidth = 560;
const gap = 40;

// A background of its own, so that it can be read on whatever page it stands on; the page's readers say whether they like it dark.
const style = `<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
.title { font-size: 15px; font-weight: 600; }
.ours { font-weight: 600; }
.quiet { fill: #59636e; }
.page { fill: #ffffff; }
.our-bar { fill: #1a7f5a; }
.other-bar { fill: #b3bcc6; }
.spread { stroke: #1f2328; stroke-width: 1.5; fill: none; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  .quiet { fill: #9198a1; }
  .page { fill: #0d1117; }
  .our-bar { fill: #2ea57a; }
  .other-bar { fill: #4d5661; }
  .spread { stroke: #f0f6fc; }
}
</style>`;

/** One scenario as a picture. */
export function toSvg(scenario: ScenarioResult): string {
  return picture([scenario], 1, "");
}

/** Several scenarios side by side. @param caption - below them: where the figures come from */
export function toOverview(scenarios: readonly ScenarioResult[], caption: string): string {
  return picture(scenarios, 2, caption);
}

function picture(scenarios: readonly ScenarioResult[], columns: number, caption: string): string {
  const panels = scenarios.map((scenario) => bars(scenario, panelWidth));
  const parts: string[] = [];
  let y = margin;
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns);
    parts.push(
      ...row.map(
        ({ svg }, column) => `<g transform="translate(${margin + column * (panelWidth + gap)} ${y})">\n${svg}\n</g>`,
      ),
    );
    y += Math.max(...row.map(({ height }) => height)) + margin;
  }
  if (caption !== "") {
    parts.push(`<text x="${margin}" y="${y + 10}" class="quiet">${inXml(caption)}</text>`);
    y += 10 + margin;
  }
  const width = 2 * margin + columns * panelWidth + (columns - 1) * gap;
  const titles = scenarios.map(({ title }) => title).join("; ");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" role="img">
<title>${inXml(titles)}</title>
${style}
<rect width="100%" height="100%" rx="6" class="page"/>
${parts.join("\n")}
</svg>
`;
}
