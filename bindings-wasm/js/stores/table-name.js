/**
 * The name of a table, which stands in statements as it is.
 *
 * @param {string} name
 */
export function tableName(name) {
  if (!/^\w+$/.test(name)) {
    throw new TypeError("the name of the table must be letters, digits and underscores");
  }
  return name;
}
