import type { Databases } from "./databases.ts";
import { print } from "./print.ts";

const figures = ["max", "total", "idle", "busy", "waiting", "created", "acquired"] as const;

/** What each pool looks like at this moment; always counted, costs nothing. */
export function printPools(databases: Databases): void {
  print("", figures.map((figure) => figure.padStart(9)).join(""));
  for (const [label, stats] of Object.entries(databases.stats())) {
    print(label, figures.map((figure) => String(stats[figure]).padStart(9)).join(""));
  }
}
