/** Django's default `SESSION_COOKIE_AGE`: two weeks, in seconds. */
export const COOKIE_AGE = 1_209_600;

/**
 * The number of seconds until a session expires, by what Django keeps in `_session_expiry`.
 *
 * That is a number of seconds, a date (`set_expiry(datetime)`), or 0 for "until the browser is
 * closed", which says nothing about how long it is kept. A date without an offset is UTC.
 *
 * @param {{ _session_expiry?: unknown }} data
 * @param {number} [cookieAge]
 * @param {number} [now]
 */
export function secondsToExpiry(data, cookieAge = COOKIE_AGE, now = Date.now()) {
  const expiry = data._session_expiry;
  if (typeof expiry === "number" && expiry !== 0) {
    return expiry;
  }
  if (typeof expiry !== "string" || expiry === "") {
    return cookieAge;
  }
  const moment = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(expiry) ? expiry : `${expiry}Z`);
  // What is no date to Python may be one to `Date.parse`: "300" is a year.
  if (!/^\d{4}-\d\d-\d\d/.test(expiry) || Number.isNaN(moment)) {
    throw new TypeError("the session's _session_expiry is neither a number nor a date");
  }
  return (moment - now) / 1000;
}
