/** One line of the library, broken on purpose, and the tests that must notice. */
export interface Mutant {
  /** What is wrong then, as a user would see it. */
  readonly fault: string;
  /** From the root of the repository. */
  readonly file: string;
  /** What is there now; once in the file. */
  readonly text: string;
  readonly replacement: string;
  /** Test files, each of which must fail. */
  readonly noticedBy: readonly [string, ...string[]];
  /** A part of the names of the tests, where these alone must notice. Absent for all tests of the files. */
  readonly test?: string;
}

/** The file's text with the fault in it. @throws Error when the text is not there, or more than once */
export function broken(source: string, { fault, file, text, replacement }: Mutant): string {
  const parts = source.split(text);
  if (parts.length !== 2) {
    throw new Error(
      `"${fault}": its text is ${parts.length - 1} times in ${file} instead of once; write it anew:\n${text}`,
    );
  }
  return parts.join(replacement);
}
