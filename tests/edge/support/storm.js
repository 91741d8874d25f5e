/** Many writers of one session at once, and an account of what they were told was stored. */

import { openSession } from "session-merge/stores";

export const RULES = { "/count": "counter", "/log": "append" };

/**
 * Lets `writers` save `rounds` times each, and counts what is missing afterwards.
 *
 * Each save adds a key of its own, increments a counter and appends to a list.
 */
export async function storm(store, { writers = 8, rounds = 10 } = {}) {
  const first = await openSession(store, null, { rules: RULES });
  first.data = { count: 0, log: [] };
  await first.save();
  const acknowledged = [];
  const refused = [];
  let attempts = 0;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let round = 0; round < rounds; round++) {
        const name = `w${writer}r${round}`;
        const session = await openSession(store, first.id, { rules: RULES });
        session.data[name] = true;
        session.data.count += 1;
        session.data.log.push(name);
        try {
          const saved = await session.save();
          attempts += saved.attempts;
          acknowledged.push(name);
        } catch (error) {
          refused.push(error.name);
        }
      }
    }),
  );
  const { data } = await openSession(store, first.id);
  return { ...account(data, acknowledged), attempts, refused };
}

/** What a session lacks of what was acknowledged, and what it has that nobody was told of. */
export function account(data, acknowledged) {
  const names = new Set(acknowledged);
  return {
    acknowledged: acknowledged.length,
    keysLost: acknowledged.filter((name) => data[name] !== true).length,
    incrementsLost: acknowledged.length - data.count,
    entriesLost: acknowledged.filter((name) => !data.log.includes(name)).length,
    entriesTwice: data.log.length - new Set(data.log).size,
    invented: data.log.filter((name) => !names.has(name)).length,
  };
}

/** The account of a storm that lost nothing. */
export const NOTHING_LOST = {
  keysLost: 0,
  incrementsLost: 0,
  entriesLost: 0,
  entriesTwice: 0,
  invented: 0,
};
