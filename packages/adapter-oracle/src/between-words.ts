/**
 * What may stand between two words of SQL: blanks and comments; the source of a pattern. A comment is matched in one way only, so that a text with
 * many of them is not tried in all combinations.
 */
export const gap = String.raw`(?:\s|--[^\n]*(?:\n|$)|/\*(?:[^*]|\*(?!/))*\*/)`;
