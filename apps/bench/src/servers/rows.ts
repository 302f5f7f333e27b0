/** A row of the table `people`, which every contestant reads. */
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly age: number;
  /** MariaDB has no booleans: what does not know the table's types gives 1 and 0. */
  readonly active: boolean;
  readonly created_at: Date;
}

/** A row that is inserted into `notes`. */
export interface Note {
  readonly author: number;
  readonly title: string;
  readonly body: string;
}

export const personColumns = ["id", "name", "email", "age", "active", "created_at"] as const;

/** How many people there are; their keys are 1 to this. */
export const peopleCount = 10_000;

const firstMoment = Date.UTC(2026, 0, 1);

/** When the person with this key was made: a minute after the one before. */
export function momentOf(id: number): number {
  return firstMoment + id * 60_000;
}
