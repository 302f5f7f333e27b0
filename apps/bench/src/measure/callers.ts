/** Performs operations by so many callers at once, each of which starts its next one when the last has ended. */
export async function byCallers(
  callers: number,
  operations: number,
  perform: (number: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < operations) await perform(next++);
  };
  await Promise.all(Array.from({ length: callers }, call));
}

/** Performs operations one after another. */
export async function oneByOne(operations: number, perform: (number: number) => Promise<void>): Promise<void> {
  for (let number = 0; number < operations; number++) await perform(number);
}
