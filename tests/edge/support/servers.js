/** A server that tests/servers has started: its address, or why there is none. */
export function server(name) {
  const url = process.env[`${name}_URL`];
  const missing = url ? false : (process.env[`${name}_MISSING`] ?? `${name}_URL is not set`);
  return { url, missing };
}
