/** What became of one case. */
export interface CaseResult {
  readonly area: string;
  readonly name: string;
  readonly outcome: "pass" | "skip" | "fail";
  /** Why it was skipped, or the first line of the error. */
  readonly reason?: string;
}

/** The suite's result, ready to publish. Complete once the runner has run everything. */
export interface ConformanceReport {
  readonly driver: string;
  /** Where `driverVersion` is supplied. */
  readonly driverVersion: string | undefined;
  /** Where `sql.version` is supplied. */
  readonly serverVersion: string | undefined;
  readonly results: readonly CaseResult[];
  readonly passed: number;
  readonly skipped: number;
  readonly failed: number;
  /** A Markdown table: driver, server and Node.js with their versions, one line per area with its counts, then every skip and failure with its reason. */
  toMarkdown(): string;
}

/** Collects results. */
export class ReportBuilder implements ConformanceReport {
  readonly driver: string;
  readonly driverVersion: string | undefined;
  readonly results: CaseResult[] = [];
  serverVersion: string | undefined;

  constructor(driver: string, driverVersion?: string) {
    this.driver = driver;
    this.driverVersion = driverVersion;
  }

  get passed(): number {
    return this.#count("pass");
  }

  get skipped(): number {
    return this.#count("skip");
  }

  get failed(): number {
    return this.#count("fail");
  }

  toMarkdown(): string {
    const server = this.serverVersion === undefined ? "" : `, server ${this.serverVersion}`;
    const version = this.driverVersion === undefined ? "" : ` ${this.driverVersion}`;
    const lines = [
      `Driver ${this.driver}${version}${server}, Node.js ${process.versions.node}`,
      "",
      "| area | pass | skip | fail |",
      "|---|---|---|---|",
    ];
    for (const area of new Set(this.results.map((it) => it.area))) {
      const results = this.results.filter((it) => it.area === area);
      const count = (outcome: CaseResult["outcome"]) => results.filter((it) => it.outcome === outcome).length;
      lines.push(`| ${area} | ${count("pass")} | ${count("skip")} | ${count("fail")} |`);
    }
    lines.push(`| **all** | ${this.passed} | ${this.skipped} | ${this.failed} |`);
    const rest = this.results.filter((it) => it.outcome !== "pass");
    if (rest.length > 0) lines.push("", "| case | outcome | reason |", "|---|---|---|");
    for (const it of rest) {
      lines.push(`| ${cell(`${it.area}: ${it.name}`)} | ${it.outcome} | ${cell(it.reason ?? "")} |`);
    }
    return `${lines.join("\n")}\n`;
  }

  #count(outcome: CaseResult["outcome"]): number {
    return this.results.filter((it) => it.outcome === outcome).length;
  }
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
