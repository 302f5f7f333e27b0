/** How a statement that ends a transaction, or begins one, starts. Going back to a savepoint is none. */
const control =
  "(?:commit|end|abort|rollback(?!\\s+(?:work\\s+|transaction\\s+|tran\\s+)?to\\b))\\b(?!\\s+prepared\\b)|(?:begin|start)\\s*(?:tran|transaction|work|deferred|immediate|exclusive|isolation|$|;)\\b|begin\\s*(?:;|$)";
const first = new RegExp(`^\\s*(?:${control})`, "i");
const later = new RegExp(`;\\s*(?:${control})`, "i");
/** Where one of these is, a semicolon may be inside of something: a string, a name, a comment, the body of a function. */
const opaque = /['"`$[]|--|\/\*|\bbegin\s+(?!tran|work)|\bas\s+begin\b/i;

/**
 * Says whether a text ends or begins a transaction, as far as that is certain from its words. What is not certain is sent, and noticed by what the
 * server answers.
 */
export function controlsTransaction(text: string): boolean {
  const code = text.charCodeAt(0) | 32;
  // Nearly every statement begins with a letter that none of these does.
  if (code > 97 && code < 123 && code !== 98 && code !== 99 && code !== 101 && code !== 114 && code !== 115) {
    return text.includes(";") && later.test(text) && !opaque.test(text);
  }
  return first.test(text) || (text.includes(";") && later.test(text) && !opaque.test(text));
}
