import type { Note, NotedMember } from "./member-notes.ts";

/**
 * So long a note outlives its transaction's time, in milliseconds: two hours. A coordinator that stood still may send what it had begun to send before its time was
 * over, and a server's clock may tell an hour too much where the time of summer begins.
 */
export const noteGraceMs = 7_200_000;

/** What was seen of one member's branch, by whoever looked into that database. */
export type Sighting =
  /** It was there, and has ended. */
  | "ended"
  /** It is there still. */
  | "prepared"
  /** It is not there, in the place where it would be. */
  | "absent"
  /** It is not there, in another place than the one that was noted. */
  | "moved"
  /** Nobody could look. */
  | "unreachable";

/** What is known of a note after its members were looked into. */
export type Judgement =
  /** Nothing is left of the transaction, and nothing can come. */
  | "over"
  /** Its coordinator may be at it still. */
  | "open";

/**
 * Whether a note may be forgotten. What has ended comes never again; that a branch is absent says something only once nobody prepares it any more: after the
 * decision, which comes behind every vote, or after the time of the coordinator.
 */
export function judgeNote(note: Note, sightingOf: (member: NotedMember) => Sighting): Judgement {
  const isLate = note.decision === "committed" || note.ageMs > note.limitMs + noteGraceMs;
  const isOver = note.members.every((member) => {
    const sighting = sightingOf(member);
    return sighting === "ended" || (sighting === "absent" && isLate);
  });
  return isOver ? "over" : "open";
}
