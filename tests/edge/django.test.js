/** The Django format: against its own rules, and against Django itself. */

import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { suite, test } from "node:test";
import { deflateSync } from "node:zlib";
import {
  decodeSession,
  encodeSession,
  SessionDecodeError,
  SessionTooLargeError,
  secondsToExpiry,
  sessionSalt,
  verifyAuthHash,
  withDjangoRules,
} from "session-merge/django";
import { askDjango, DJANGOS } from "./support/django.js";

const secret = "k".repeat(50);
const KNOWN = "eyJhIjoxfQ:1xVPTb:DJHrD9RYlAphzE_2J9AB0Y68bT9_4mPbVl13oDs25rg";
const KNOWN_AT = new Date("2026-11-23T08:32:39Z");

/** Signs anything at all, as only somebody with the secret can. */
function signed(value, salt = sessionSalt()) {
  const key = createHash("sha256").update(`${salt}signer${secret}`).digest();
  return `${value}:${createHmac("sha256", key).update(value).digest("base64url")}`;
}

function payload(bytes) {
  return `${Buffer.from(bytes).toString("base64url")}:1xVPTb`;
}

function refused(reason) {
  return (error) => {
    assert.ok(error instanceof SessionDecodeError);
    assert.equal(error.reason, reason);
    return true;
  };
}

suite("decodeSession", () => {
  test("reads a known session", async () => {
    const { data, text, signedAt, fallback } = await decodeSession(KNOWN, { secret });
    assert.deepEqual(data, { a: 1 });
    assert.equal(text, '{"a":1}');
    assert.deepEqual(signedAt, KNOWN_AT);
    assert.equal(fallback, false);
  });

  test("reads what a fallback secret signed, and says so", async () => {
    const options = { secret: "new", fallbacks: ["older", secret] };
    assert.equal((await decodeSession(KNOWN, options)).fallback, true);
    const bytes = { secret: new TextEncoder().encode(secret) };
    assert.equal((await decodeSession(KNOWN, bytes)).fallback, false);
  });

  test("refuses every change of a single character", async () => {
    for (let index = 0; index < KNOWN.length; index++) {
      for (const other of ["A", "B", ":", "."]) {
        const changed = KNOWN.slice(0, index) + other + KNOWN.slice(index + 1);
        if (changed !== KNOWN) {
          await assert.rejects(decodeSession(changed, { secret }), refused("signature"));
        }
      }
    }
  });

  test("refuses what is cut short, empty, or longer", async () => {
    const texts = ["", ":", "::", "eyJhIjoxfQ", KNOWN.slice(0, -1), `${KNOWN}=`, `${KNOWN}\n`];
    for (const text of texts) {
      await assert.rejects(decodeSession(text, { secret }), refused("signature"));
    }
    await assert.rejects(decodeSession(null, { secret }), refused("malformed"));
  });

  test("decodes nothing before the signature is verified", async () => {
    const bomb = `.${payload(deflateSync(Buffer.alloc(1 << 24)))}:${"A".repeat(43)}`;
    await assert.rejects(decodeSession(bomb, { secret }), refused("signature"));
    await assert.rejects(decodeSession("%%%:1:x", { secret }), refused("signature"));
  });

  test("refuses base64 in any other spelling than its one", async () => {
    for (const spelling of ["eyJhIjoxfQ==", "eyJhIjoxfR", "eyJh Ijoxf", "eyJhI", "ey+hIjo/fQ"]) {
      const text = signed(`${spelling}:1xVPTb`);
      await assert.rejects(decodeSession(text, { secret }), refused("malformed"), spelling);
    }
  });

  test("refuses what says no time, or a time that is none", async () => {
    for (const value of ["eyJhIjoxfQ", "eyJhIjoxfQ:", "eyJhIjoxfQ:-1", "eyJhIjoxfQ:zzzzzzzzzzz"]) {
      await assert.rejects(decodeSession(signed(value), { secret }), refused("malformed"), value);
    }
  });

  test("refuses what is no JSON object", async () => {
    for (const json of ["", "[]", "null", "1", '"a"', "{", "{} x", "\xff"]) {
      const text = signed(payload(json));
      await assert.rejects(decodeSession(text, { secret }), refused("malformed"), json);
    }
  });

  test("refuses what is not compressed as it says", async () => {
    const whole = deflateSync('{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}');
    for (const bytes of ["not zlib", whole.subarray(0, 10)]) {
      const text = signed(`.${payload(bytes)}`);
      await assert.rejects(decodeSession(text, { secret }), refused("malformed"));
    }
  });

  test("stops inflating at the cap", async () => {
    const bomb = signed(`.${payload(deflateSync(Buffer.alloc(1 << 28, 0x20)))}`);
    assert.ok(bomb.length < 1 << 20);
    const before = process.memoryUsage().arrayBuffers;
    await assert.rejects(decodeSession(bomb, { secret }), refused("too-large"));
    assert.ok(process.memoryUsage().arrayBuffers - before < 1 << 26);
  });

  test("the cap can be set, and is met to the byte", async () => {
    const json = JSON.stringify({ a: "a".repeat(5000) });
    const text = signed(`.${payload(deflateSync(json))}`);
    await decodeSession(text, { secret, maxBytes: json.length });
    const tight = { secret, maxBytes: json.length - 1 };
    await assert.rejects(decodeSession(text, tight), refused("too-large"));
    const input = { secret, maxBytes: KNOWN.length - 1 };
    await assert.rejects(decodeSession(KNOWN, input), refused("too-large"));
    await assert.rejects(
      decodeSession("x".repeat((1 << 20) + 1), { secret }),
      refused("too-large"),
    );
  });

  test("refuses what is older than asked for", async () => {
    const now = Date.now();
    const text = await encodeSession({ a: 1 }, { secret, signedAt: new Date(now - 60_000) });
    await decodeSession(text, { secret, maxAge: 70 });
    await assert.rejects(decodeSession(text, { secret, maxAge: 50 }), refused("expired"));
  });

  test("a salt belongs to one class of engine", async () => {
    const salt = sessionSalt("OtherStore");
    const text = await encodeSession({ a: 1 }, { secret, salt });
    assert.deepEqual((await decodeSession(text, { secret, salt })).data, { a: 1 });
    await assert.rejects(decodeSession(text, { secret }), refused("signature"));
  });

  test("reads the numbers that only Python writes, and keeps their spelling", async () => {
    const json = '{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN \\" Infinity","d":1.0}';
    const { data, text } = await decodeSession(signed(payload(json)), { secret });
    assert.deepEqual(data, { a: NaN, b: [-Infinity, Infinity], c: 'NaN " Infinity', d: 1 });
    assert.equal(text, json);
  });

  test("refuses to work without a secret", async () => {
    for (const bad of [undefined, "", null, 5, new Uint8Array()]) {
      await assert.rejects(decodeSession(KNOWN, { secret: bad }), TypeError);
      await assert.rejects(encodeSession({}, { secret: bad }), TypeError);
      await assert.rejects(decodeSession(KNOWN, { secret, fallbacks: [bad] }), TypeError);
    }
  });

  test("no error tells what is in a session", async () => {
    const text = signed(payload('{"token":"swordfish"'));
    await assert.rejects(decodeSession(text, { secret }), (error) => {
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /swordfish/);
      assert.equal(error.cause, undefined);
      return true;
    });
  });
});

suite("encodeSession", () => {
  test("writes a known session", async () => {
    assert.equal(await encodeSession({ a: 1 }, { secret, signedAt: KNOWN_AT }), KNOWN);
    assert.equal(await encodeSession('{"a":1}', { secret, signedAt: KNOWN_AT }), KNOWN);
  });

  test("keeps a text that is given as text", async () => {
    const text = '{"big":9007199254740993,"f":1.0,"n":NaN}';
    const stored = await encodeSession(text, { secret });
    assert.equal((await decodeSession(stored, { secret })).text, text);
  });

  test("refuses what is no object, or too large", async () => {
    for (const bad of [[], null, "nonsense", "[1]", undefined, new Date(), () => {}]) {
      await assert.rejects(encodeSession(bad, { secret }), TypeError);
    }
    const large = { a: "é".repeat(1000) };
    await assert.rejects(encodeSession(large, { secret, maxBytes: 6000 }), (error) => {
      assert.ok(error instanceof SessionTooLargeError);
      assert.deepEqual([error.size, error.limit], ['{"a":""}'.length + 6000, 6000]);
      return true;
    });
  });
});

const DOCUMENTS = [
  {},
  { a: 1 },
  { b: -0.5, list: [1, "two", null, true, { deep: [] }], empty: "" },
  { text: 'é \u{1f600} \u2028 \u007f \0 \b\f\n\r\t "quoted" \\ / </script>', "k é": 1 },
  { long: "abc ".repeat(500) },
  { noise: createHash("sha512").update("x").digest("hex").repeat(3) },
  { lone: "\ud83d" },
];

/** A site's own rules, and the ready sets that it uses. */
const COMPLETE = [
  [{}, []],
  [{ "/_messages": "atomic", groups: [["/account_login", "/x"]] }, ["cart"]],
  [{ "/cart/*/quantity": "mine", conflict: "theirs" }, ["allauth", "cart", "formtools"]],
];

for (const { version, python, missing } of DJANGOS) {
  suite(`Django ${version}`, { skip: python ? false : missing }, () => {
    test("reads what we write, and we read what it writes", async () => {
      const ours = await Promise.all(DOCUMENTS.map((data) => encodeSession(data, { secret })));
      const answer = askDjango(python, { secret, encode: DOCUMENTS, decode: ours });
      assert.ok(answer.django.startsWith(version));
      assert.deepEqual(answer.decoded, DOCUMENTS);
      for (const [index, stored] of answer.encoded.entries()) {
        const { data, text, signedAt } = await decodeSession(stored, { secret });
        assert.deepEqual(data, DOCUMENTS[index]);
        for (const source of [data, text]) {
          const again = await encodeSession(source, { secret, signedAt });
          if (stored.startsWith(".")) {
            // Deflaters differ in their bytes; the content has to be the same.
            assert.ok(again.startsWith("."));
            assert.equal((await decodeSession(again, { secret })).text, text);
          } else {
            assert.equal(again, stored);
          }
        }
      }
    });

    test("and with fallback keys and engines of another name", async () => {
      const engine = "OtherStore";
      const options = { secret, salt: sessionSalt(engine) };
      const ours = [await encodeSession({ a: 1 }, options)];
      const rotated = { secret: "n".repeat(50), fallbacks: [secret], engine, decode: ours };
      assert.deepEqual(askDjango(python, rotated).decoded, [{ a: 1 }]);
      const [stored] = askDjango(python, { secret, engine, encode: [{ b: 2 }] }).encoded;
      assert.deepEqual((await decodeSession(stored, options)).data, { b: 2 });
      await assert.rejects(decodeSession(stored, { secret }), refused("signature"));
    });

    test("hashes a password as we verify it", async () => {
      const passwords = ["pbkdf2_sha256$1000000$salt$hash=", "!unusable", "argon2$é"];
      const { hashes } = askDjango(python, { secret, hash: passwords });
      for (const [index, password] of passwords.entries()) {
        const data = { _auth_user_id: "7", _auth_user_hash: hashes[index] };
        assert.equal(await verifyAuthHash(data, password, { secret }), "current");
        assert.equal(await verifyAuthHash(data, `${password}x`, { secret }), null);
        const rotated = { secret: "new", fallbacks: [secret] };
        assert.equal(await verifyAuthHash(data, password, rotated), "fallback");
        assert.equal(await verifyAuthHash(data, password, { secret: "new" }), null);
      }
    });

    test("has the same ready rules", () => {
      const { completed } = askDjango(python, { secret, complete: COMPLETE });
      assert.deepEqual(
        COMPLETE.map(([rules, use]) => withDjangoRules(rules, use)),
        completed,
      );
    });

    test("expires sessions when we do", () => {
      const soon = new Date(Date.now() + 300_000).toISOString().replace("Z", "123+00:00");
      const east = soon.replace("+00:00", "+05:30");
      const documents = [
        {},
        { _session_expiry: 300 },
        { _session_expiry: 0 },
        { _session_expiry: null },
        { _session_expiry: soon },
        { _session_expiry: east },
      ];
      const { expiry } = askDjango(python, { secret, expiry: documents });
      for (const [index, data] of documents.entries()) {
        assert.ok(Math.abs(secondsToExpiry(data) - expiry[index]) < 10, JSON.stringify(data));
      }
    });
  });
}

suite("what Django keeps in a session", () => {
  test("no hash, no user, no password: nobody is signed in", async () => {
    const hash = "0".repeat(64);
    const sessions = [{}, { _auth_user_id: "7" }, { _auth_user_hash: hash }];
    sessions.push({ _auth_user_id: "7", _auth_user_hash: "" });
    sessions.push({ _auth_user_id: "7", _auth_user_hash: 5 });
    sessions.push({ _auth_user_id: "7", _auth_user_hash: [...hash] });
    for (const data of sessions) {
      assert.equal(await verifyAuthHash(data, "password", { secret }), null);
    }
    const data = { _auth_user_id: "7", _auth_user_hash: hash };
    assert.equal(await verifyAuthHash(data, undefined, { secret }), null);
  });

  test("a date without an offset is UTC, and nonsense is refused", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    assert.equal(secondsToExpiry({ _session_expiry: "2026-01-01T00:01:00" }, 5, now), 60);
    assert.equal(secondsToExpiry({}, 5, now), 5);
    // The last two are dates to JavaScript, but none to Django.
    for (const nonsense of ["soon", "300", "1 Jan 2030"]) {
      assert.throws(() => secondsToExpiry({ _session_expiry: nonsense }), TypeError);
    }
  });

  test("the built-in rules are completed, not replaced", () => {
    const [group, ...others] = withDjangoRules().groups;
    assert.deepEqual(group, ["/_auth_user_id", "/_auth_user_backend", "/_auth_user_hash"]);
    const rules = { "/_messages": "atomic", "/n": "counter", groups: [["/a", "/b"]] };
    const completed = withDjangoRules(rules);
    assert.equal(completed["/_messages"], "atomic");
    assert.equal(completed["/_session_expiry"], "atomic");
    assert.equal(completed["/n"], "counter");
    assert.deepEqual(completed.groups, [group, ...others, ["/a", "/b"]]);
    const own = [["/_auth_user_id", "/tenant"]];
    assert.deepEqual(withDjangoRules({ groups: own }).groups, [...others, ...own]);
    assert.deepEqual(withDjangoRules(completed), completed);
  });

  test("ready sets are used by name, and a rule of the site's own goes before theirs", () => {
    assert.ok(!("/cart/*/quantity" in withDjangoRules()));
    const used = withDjangoRules({ "/cart/*/quantity": "mine" }, ["cart", "allauth"]);
    assert.equal(used["/cart/*/quantity"], "mine");
    assert.deepEqual(used["/cart/*"], { delete: "wins" });
    assert.throws(() => withDjangoRules({}, ["kart"]), /"kart"/);
    assert.throws(() => withDjangoRules({}, ["toString"]), TypeError);
  });
});
