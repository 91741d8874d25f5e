/**
 * Makes `old` hold what `fresh` holds, keeping its objects, and returns what to use in its place.
 *
 * After a merge the program may still hold parts of the session, and change them. What stands in
 * the same place stays the same object, so that such a change is a change of the session. A value
 * that writes itself (a Date) stays where it would be written as what was stored.
 *
 * @param {any} old
 * @param {any} fresh
 * @returns {any}
 */
export function refill(old, fresh) {
  if (Array.isArray(old) && Array.isArray(fresh)) {
    old.splice(0, old.length, ...fresh.map((element, index) => refill(old[index], element)));
    return old;
  }
  if (isPlain(old) && isPlain(fresh)) {
    refillMembers(old, fresh);
    return old;
  }
  return writesItself(old) && JSON.stringify(old) === JSON.stringify(fresh) ? old : fresh;
}

/**
 * As `refill`, for the members of an object whose names are `ours`; the others stay.
 *
 * @param {any} old
 * @param {Record<string, any>} fresh
 * @param {(name: string) => boolean} [ours]
 */
export function refillMembers(old, fresh, ours = () => true) {
  const values = Object.entries(fresh).map(([name, value]) => ({
    name,
    value: Object.hasOwn(old, name) ? refill(old[name], value) : value,
  }));
  for (const name of Object.keys(old).filter(ours)) {
    delete old[name];
  }
  for (const { name, value } of values) {
    // Not by assignment, for which `__proto__` is no name like others.
    const property = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(old, name, property);
  }
}

/** @param {any} value */
function isPlain(value) {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !writesItself(value)
  );
}

/** @param {any} value */
function writesItself(value) {
  return typeof value?.toJSON === "function";
}
