import ts from "typescript";

const parsed = new Map<string, ts.SourceFile | undefined>();

/** A compiler's host that reads each file once for all programs of this process: most of what they read is the same declarations. */
export function sharedHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options, true);
  return {
    ...host,
    getSourceFile(path, language, onError) {
      const format =
        typeof language === "object" ? `${language.impliedNodeFormat} ${language.languageVersion}` : language;
      const key = `${format} ${options.module} ${path}`;
      if (!parsed.has(key)) parsed.set(key, host.getSourceFile(path, language, onError));
      return parsed.get(key);
    },
  };
}
