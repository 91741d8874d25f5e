/** Two assertions that run in every runtime. */

export function equal(actual, expected) {
  const [one, other] = [spelled(actual), spelled(expected)];
  if (one !== other) {
    throw new Error(`expected ${other}, but it is ${one}`);
  }
}

export async function rejects(work, kind) {
  try {
    await work();
  } catch (error) {
    if (error instanceof kind) {
      return;
    }
    throw error;
  }
  throw new Error(`expected a ${kind.name}`);
}

/** The value as text, its members in order of their names. */
function spelled(value) {
  return JSON.stringify(value, (_, part) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
