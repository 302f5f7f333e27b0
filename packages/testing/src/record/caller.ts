/** Frames that are looked at: those of the libraries come first. */
const depth = 50;
/** Lines of the application that are kept. */
const kept = 5;
const place = /\(?((?:file:\/\/|\/|[a-z]:[\\/])[^()]*?):\d+:\d+\)?$/i;
const foreign = /[\\/]node_modules[\\/]/;

/**
 * The lines of the calling stack that are the application's, the innermost first: behind this package and core, and outside of `node_modules` where there are such
 * lines. Empty where there is none, as behind a timer.
 */
export function callersOf(): readonly string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = depth;
  const stack = new Error("for its stack").stack ?? "";
  Error.stackTraceLimit = stackTraceLimit;
  const lines = stack.split("\n").filter((line) => fileOf(line) !== undefined);
  const here = folderOf(lines[0]);
  // What published the event is core, from wherever it was loaded.
  const core = folderOf(lines.find((line) => !isIn(line, here)));
  const outside = lines.filter((line) => !isIn(line, here) && !isIn(line, core));
  const own = outside.filter((line) => !foreign.test(line));
  return (own.length > 0 ? own : outside).slice(0, kept).map((line) => line.trim().replace(/^at /, ""));
}

function fileOf(line: string | undefined): string | undefined {
  return line === undefined ? undefined : place.exec(line)?.[1];
}

function isIn(line: string, folder: string | undefined): boolean {
  return folder !== undefined && fileOf(line)?.startsWith(folder) === true;
}

/** The folder of a package's code: `.../testing/src/`, `.../mdb-core/dist/`. */
function folderOf(line: string | undefined): string | undefined {
  return /^.*[\\/](?:src|dist)[\\/]/.exec(fileOf(line) ?? "")?.[0];
}
