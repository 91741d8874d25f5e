/**
 * What every runtime is asked: the shared vectors, and a Django session read and written.
 *
 * It stands on the language alone, for it runs in each of them.
 */

const SIDES = ["base", "theirs", "mine"];
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What a case is seen to do, in the form in which the vectors tell it. */
function observed({ mergeJson, Rules }, vector, give, take) {
  const texts = SIDES.map((side) => (vector.text ? vector[side] : JSON.stringify(vector[side])));
  const spell = (text) => (vector.text ? take(text) : JSON.parse(take(text)));
  const records = (conflicts) =>
    conflicts.map((conflict) => {
      const { pointer, kind, winner } = conflict;
      const sides = SIDES.filter((side) => conflict[side] !== undefined);
      const values = Object.fromEntries(sides.map((side) => [side, spell(conflict[side])]));
      return { pointer, kind, winner, ...values };
    });
  try {
    const rules = new Rules(vector.rules ?? {});
    if (vector.rules_error) {
      return {};
    }
    const merged = mergeJson(...texts.map(give), rules);
    return {
      value: spell(merged.value),
      changed: merged.changed,
      conflicts: records(merged.conflicts),
      patch: spell(merged.patchText),
    };
  } catch (error) {
    const { input, line, column, pointer, pattern } = error;
    switch (error.name) {
      case "MergeConflict":
        return { fails: true, conflicts: records(error.conflicts) };
      case "RulesError":
        return { rules_error: { pattern } };
      case "JSONError":
        return { json_error: { input, line, column } };
      case "DepthError":
        return { depth_error: { pointer } };
      default:
        throw error;
    }
  }
}

/** The text of what is compared: the members of values keep their order, others do not. */
function told(outcome) {
  const { value, changed, fails, rules_error, json_error, depth_error, conflicts, patch } = outcome;
  const others = { conflicts, patch, changed, fails, rules_error, json_error };
  return [JSON.stringify(value), sorted({ ...others, depth: depth_error?.pointer })].join(" ");
}

function sorted(value) {
  return JSON.stringify(value, (_, part) =>
    part instanceof Object && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

async function roundTrip({ mergeJson, Rules }, { decodeSession, encodeSession, withDjangoRules }) {
  const options = { secret: "k".repeat(50), signedAt: new Date(1e12) };
  const stored = await encodeSession({ visits: 1, _auth_user_id: "7", name: "Zoë" }, options);
  const base = await decodeSession(stored, options);
  const theirs = JSON.stringify({ ...base.data, visits: 2 });
  const mine = JSON.stringify({ ...base.data, visits: 3 });
  const rules = new Rules(withDjangoRules({ "/visits": "counter" }));
  const merged = mergeJson(base.text, theirs, mine, rules);
  const again = await decodeSession(await encodeSession(merged.value, options), options);
  return again.data.visits === 4 && again.data.name === "Zoë";
}

/** How many vectors passed, which did not, and whether a session came through. */
export async function check(sessionMerge, django, vectors) {
  const kinds = [
    [(text) => text, (text) => text],
    [(text) => encoder.encode(text), (bytes) => decoder.decode(bytes)],
  ];
  const failed = [];
  for (const vector of vectors) {
    for (const [give, take] of kinds) {
      if (told(observed(sessionMerge, vector, give, take)) !== told(vector)) {
        failed.push(vector.name);
      }
    }
  }
  return { vectors: vectors.length, failed, roundTrip: await roundTrip(sessionMerge, django) };
}
