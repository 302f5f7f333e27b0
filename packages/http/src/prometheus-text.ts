/** The kinds of metrics that are written here. */
export type MetricType = "counter" | "gauge" | "histogram";

/** One figure with its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A histogram with its labels: how many took up to each bound, counted on from bucket to bucket. */
export interface Distribution {
  readonly labels: Readonly<Record<string, string>>;
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
  readonly sum: number;
}

/**
 * Writes the text format of Prometheus, version 0.0.4.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export class PrometheusText {
  #lines: string[] = [];

  /** A counter or gauge. Nothing is written where there are no samples. */
  family(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): void {
    if (samples.length === 0) return;
    this.#head(name, type, help);
    for (const { labels, value } of samples) this.#sample(name, labels, value);
  }

  /** A histogram. */
  histogram(name: string, help: string, distributions: readonly Distribution[]): void {
    if (distributions.length === 0) return;
    this.#head(name, "histogram", help);
    for (const { labels, buckets, sum } of distributions) {
      for (const { upTo, count } of buckets) this.#sample(`${name}_bucket`, { ...labels, le: numberText(upTo) }, count);
      this.#sample(`${name}_sum`, labels, sum);
      this.#sample(`${name}_count`, labels, buckets.at(-1)?.count ?? 0);
    }
  }

  toString(): string {
    return this.#lines.map((line) => `${line}\n`).join("");
  }

  #head(name: string, type: MetricType, help: string): void {
    this.#lines.push(
      `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
      `# TYPE ${name} ${type}`,
    );
  }

  #sample(name: string, labels: Readonly<Record<string, string>>, value: number): void {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    this.#lines.push(`${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}`);
  }
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
