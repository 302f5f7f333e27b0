import { dirname, join } from "node:path";
import ts from "typescript";
import type { CodeBlock, Document } from "./documents.ts";
import { root } from "./repository.ts";
import { sharedHost } from "./typescript-host.ts";

/** One block as a TypeScript module of its own. */
interface Module {
  readonly document: Document;
  readonly block: CodeBlock;
  readonly text: string;
  /** Lines that stand before the block in the module. */
  readonly offset: number;
}

/**
 * Compiles every `ts` block of the documents against the sources, all in one program, and gives what is wrong as `path:line: what`. A block
 * that imports stands by itself; any other runs inside an async function beneath the page's preamble. One that is taken from a file is compiled there.
 */
export function compileFindings(documents: readonly Document[]): readonly string[] {
  const modules = new Map<string, Module>();
  for (const document of documents) {
    for (const [index, block] of document.blocks.filter(isOwn).entries()) {
      // Virtual files beside a package that depends on every published one, so that their names resolve.
      const name = `${document.path.replaceAll(/[^a-zA-Z]/g, "-")}-${index + 1}.ts`;
      modules.set(join(root, "packages/repo-checks/documents", name), moduleOf(document, block));
    }
  }
  const program = ts.createProgram([...modules.keys()], settings(), hostOf(modules));
  return [...modules].flatMap(([path, module]) => {
    const file = program.getSourceFile(path);
    if (file === undefined) throw new Error(`${path} is not in the program`);
    const problems = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return problems.map((problem) => describe(file, module, problem));
  });
}

function isOwn({ language, source }: CodeBlock): boolean {
  return language === "ts" && source === undefined;
}

function moduleOf(document: Document, block: CodeBlock): Module {
  if (/^import\b/m.test(block.text)) return { document, block, text: block.text, offset: 0 };
  const before = `${document.preamble}\nexport async function example() {\n`;
  const text = `${before}${block.text}\n}\n`;
  return { document, block, text, offset: before.split("\n").length - 1 };
}

function settings(): ts.CompilerOptions {
  const path = join(root, "tsconfig.base.json");
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return {
    ...options,
    noEmit: true,
    // An example may declare what it does not use.
    noUnusedLocals: false,
    noUnusedParameters: false,
    noImplicitReturns: false,
    // And may be written without `import type`.
    verbatimModuleSyntax: false,
    // Reading the declarations of Node once is enough.
    typeRoots: [join(root, "node_modules/@types")],
  };
}

function hostOf(modules: ReadonlyMap<string, Module>): ts.CompilerHost {
  const host = sharedHost(settings());
  const { fileExists, readFile, directoryExists } = host;
  const folders = new Set([...modules.keys()].map((path) => dirname(path)));
  return {
    ...host,
    fileExists: (path) => modules.has(path) || fileExists(path),
    readFile: (path) => modules.get(path)?.text ?? readFile(path),
    directoryExists: (path) => folders.has(path) || directoryExists?.(path) === true,
    getSourceFile: (path, language, onError) => {
      const module = modules.get(path);
      if (module === undefined) return host.getSourceFile(path, language, onError);
      return ts.createSourceFile(path, module.text, language);
    },
  };
}

function describe(file: ts.SourceFile, { document, block, offset }: Module, problem: ts.Diagnostic): string {
  const what = ts.flattenDiagnosticMessageText(problem.messageText, " ");
  const line = file.getLineAndCharacterOfPosition(problem.start ?? 0).line - offset;
  const inBlock = line >= 0 && line < block.text.split("\n").length;
  const place = inBlock
    ? `${document.path}:${block.line + line}`
    : `${document.path}: the preamble or the end of a block`;
  return `${place}: ${what}`;
}
