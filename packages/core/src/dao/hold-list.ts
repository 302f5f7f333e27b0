/** Whether an entity may have a list as a value that no codec makes something else of. @param entities - a word where they are not seen yet */
export function mayHoldList(
  entities: readonly unknown[] | string | undefined,
  hasCodec: (property: string) => boolean,
): boolean {
  if (typeof entities === "string") return true;
  return Array.isArray(entities) && entities.some((it) => holdsList(it, hasCodec));
}

function holdsList(entity: unknown, hasCodec: (property: string) => boolean): boolean {
  return (
    typeof entity === "object" &&
    entity !== null &&
    Object.entries(entity).some(([property, value]) => Array.isArray(value) && !hasCodec(property))
  );
}
