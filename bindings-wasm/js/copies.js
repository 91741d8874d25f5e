/**
 * Objects of one copy of this package that another copy is given.
 *
 * A program that both imports and requires the package has two copies of it, with classes of their
 * own, and so has one whose parts each installed it. To an `instanceof` that looked at the class
 * alone, the other copy's rules would be an object without any rules.
 */

/**
 * Makes `instanceof` know the objects of this class from every copy of the package.
 *
 * @param {Function} type
 * @param {string} name
 */
export function knownInEveryCopy(type, name) {
  const mark = Symbol.for(`session-merge.${name}`);
  Object.defineProperty(type.prototype, mark, { value: true });
  Object.defineProperty(type, Symbol.hasInstance, {
    /** @param {any} value */
    value(value) {
      // A class that extends this one inherits the method.
      return this === type
        ? value?.[mark] === true
        : Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
}
