type LegacyMethodDecorator = (target: object, key: string, descriptor: never) => void;
type LegacyParameterDecorator = (target: object, key: string, index: number) => void;

/**
 * What `experimentalDecorators` comes to for one method: its own decorators from the last to the first, after those of its parameters.
 * By call, because the tests run on standard TypeScript.
 */
export function decorateMethod(
  target: object,
  key: string,
  decorators: readonly LegacyMethodDecorator[],
  parameters: readonly LegacyParameterDecorator[] = [],
): void {
  for (const [index, decorate] of parameters.entries()) decorate(target, key, index);
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  if (descriptor === undefined) throw new Error(`there is no ${key}`);
  for (const decorate of decorators.toReversed()) decorate(target, key, descriptor as never);
  Object.defineProperty(target, key, descriptor);
}
