import { join } from "node:path";
import ts from "typescript";
import { root } from "./repository.ts";
import { sharedHost } from "./typescript-host.ts";

/** The ways in which TypeScript finds a package. */
export const resolutions = {
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
} as const;

/** Compiles a file of a project as a strict user would, the declarations of its packages included, and gives the problems. */
export function compileConsumer(file: string, resolution: keyof typeof resolutions): readonly string[] {
  const options: ts.CompilerOptions = {
    ...resolutions[resolution],
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  };
  const program = ts.createProgram([file], options, sharedHost(options));
  return ts.getPreEmitDiagnostics(program).map((problem) => {
    const text = ts.flattenDiagnosticMessageText(problem.messageText, " ");
    return problem.file === undefined ? text : `${problem.file.fileName}: ${text}`;
  });
}
