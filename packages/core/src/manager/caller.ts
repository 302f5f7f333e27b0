/** Frames that are looked at: those of the library come first. */
const depth = 40;
const place = /\(?((?:file:\/\/|\/|[a-z]:[\\/])[^()]*?):\d+:\d+\)?$/i;
const foreign = /[\\/]node_modules[\\/]/;

/**
 * The first line of the calling stack that is the application's: behind this package, and outside of `node_modules` where there is such a line. `undefined` where there
 * is none, as behind a timer.
 */
export function callerOf(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = depth;
  const stack = new Error("for its stack").stack ?? "";
  Error.stackTraceLimit = stackTraceLimit;
  const lines = stack.split("\n").slice(1);
  const own = folderOf(lines[0]);
  const outside = lines.filter((line) => {
    const file = place.exec(line)?.[1];
    return file !== undefined && (own === undefined || !file.startsWith(own));
  });
  const line = outside.find((it) => !foreign.test(it)) ?? outside[0];
  return line?.trim().replace(/^at (?:async )?/, "");
}

/** The folder of this package's code: `.../core/src/` or `.../mdb-core/dist/`. */
function folderOf(line: string | undefined): string | undefined {
  const file = line === undefined ? undefined : place.exec(line)?.[1];
  return file === undefined ? undefined : /^.*[\\/](?:src|dist)[\\/]/.exec(file)?.[0];
}
