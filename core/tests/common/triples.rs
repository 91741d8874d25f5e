//! Random triples of documents, grown as one tree so that the sides collide at every depth and failures shrink.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::doc::Doc;

/// One place on base, theirs and mine.
pub type Triple = [Option<Doc>; 3];

/// What documents are made of.
#[derive(Clone, Copy)]
pub struct Alphabet {
    pub names: &'static [&'static str],
    pub scalars: &'static [&'static str],
    /// Whether keys of lists may repeat or be of the wrong kind.
    pub bad_keys: bool,
}

/// What every data model carries without loss.
pub const CARRIED: Alphabet = Alphabet {
    names: &[r#""a""#, r#""b""#, r#""id""#, r#""n""#, r#""c*""#, r#""""#],
    scalars: &[
        "null",
        "true",
        "0",
        "1",
        "2",
        "7",
        "-3",
        "1.0",
        "0.5",
        "-0.0",
        "25e-1",
        "9007199254740993",
        "-9223372036854775808",
        r#""""#,
        r#""x""#,
        r#""y""#,
        r#""x y""#,
        r#""x y z""#,
        r#""x w z""#,
        r#""y  z""#,
        r#""é/\n""#,
        r#""[1]""#,
        r#""{\"a\":1}""#,
        r#""{\"a\": 1.0, \"b\":[]}""#,
        "[]",
        "{}",
    ],
    bad_keys: true,
};

/// What only text carries, in addition: spellings, size, tokens of Python's, half surrogate pairs, repeated names.
pub const TEXT: Alphabet = Alphabet {
    names: &[
        r#""a""#,
        r#""b""#,
        r#""id""#,
        r#""n""#,
        r#""\u0061""#,
        r#""\ud800""#,
        r#""a/b""#,
        r#""~""#,
        r#""é""#,
    ],
    scalars: &[
        "null",
        "false",
        "0",
        "1",
        "2",
        "-0",
        "-3",
        "1.0",
        "1.00",
        "1e0",
        "0.1",
        "0.2",
        "1e400",
        "-1e-400",
        "1e308",
        "12345678901234567890123",
        "170141183460469231731687303715884105727",
        "9007199254740993",
        "9007199254740992.0",
        "NaN",
        "Infinity",
        "-Infinity",
        r#""x""#,
        r#""\u0078""#,
        r#""x y""#,
        r#""x\ty z""#,
        r#""x \ud83d\ude00""#,
        r#""x \ud83d""#,
        r#""{\"a\":1}""#,
        r#""{\"a\": 1e0, \"a\":\"\\ud800\"}""#,
        r#""{\"a\":""#,
        "[]",
        "{}",
    ],
    bad_keys: true,
};

/// Which side has what: letters are values, `-` is missing.
const SHAPES: &[&str] = &[
    "aaa", "aab", "aba", "abb", "abc", "abc", "abc", "-ab", "-ab", "--a", "-a-", "a-b", "ab-",
    "a-a", "aa-", "a--", "-aa",
];

/// One place at the bottom.
fn leaf(alphabet: Alphabet) -> impl Strategy<Value = Triple> {
    let scalar = || select(alphabet.scalars).prop_map(Doc::read);
    (scalar(), scalar(), scalar(), select(SHAPES)).prop_map(|(a, b, c, shape)| {
        let mut sides = shape.bytes().map(|letter| match letter {
            b'a' => Some(a.clone()),
            b'b' => Some(b.clone()),
            b'c' => Some(c.clone()),
            _ => None,
        });
        std::array::from_fn(|_| sides.next().flatten())
    })
}

/// What happens to a container as a whole, beside what happens inside it.
fn reshape(mut triple: Triple, how: u8) -> Triple {
    match how {
        0 => triple[1] = triple[0].clone(),
        1 => triple[2] = triple[0].clone(),
        2 => triple[2] = triple[1].clone(),
        3 => triple[0] = None,
        4 => triple[1] = None,
        5 => triple[2] = None,
        _ => {}
    }
    triple
}

/// The values of one side.
fn side<T: Clone>(entries: &[(T, Triple)], side: usize) -> Vec<(T, Doc)> {
    let entry =
        |(tag, triple): &(T, Triple)| triple[side].clone().map(|value| (tag.clone(), value));
    entries.iter().filter_map(entry).collect()
}

/// An object whose members are places; `turn` rotates mine's.
fn object(mut entries: Vec<(&'static str, Triple)>, turn: usize) -> Triple {
    let mut seen = Vec::new();
    entries.retain(|(name, _)| {
        !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    std::array::from_fn(|at| {
        let mut members = side(&entries, at);
        if at == 2 && !members.is_empty() {
            let turn = turn % members.len();
            members.rotate_left(turn);
        }
        Some(Doc::Object(
            members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        ))
    })
}

fn list(entries: Vec<Triple>) -> Triple {
    let entries: Vec<_> = entries.into_iter().map(|triple| ((), triple)).collect();
    std::array::from_fn(|at| {
        Some(Doc::Array(side(&entries, at).into_iter().map(|((), value)| value).collect()))
    })
}

/// Objects that name themselves by `id`; the sides may have them in other orders.
fn keyed(mut entries: Vec<(&'static str, Triple)>, turns: [usize; 2], repeat: bool) -> Triple {
    let mut seen = Vec::new();
    entries.retain(|(key, _)| {
        repeat
            || !seen.contains(key) && {
                seen.push(*key);
                true
            }
    });
    std::array::from_fn(|at| {
        let mut elements: Vec<_> = side(&entries, at)
            .into_iter()
            .map(|(key, value)| {
                let id = (r#""id""#.to_owned(), Doc::read(key));
                let others = value.members().iter().filter(|(name, _)| name != r#""id""#).cloned();
                Doc::Object(std::iter::once(id).chain(others).collect())
            })
            .collect();
        if at > 0 && !elements.is_empty() {
            let turn = turns[at - 1] % elements.len();
            elements.rotate_left(turn);
        }
        Some(Doc::Array(elements))
    })
}

fn embed(triple: Triple) -> Triple {
    triple.map(|doc| doc.map(|doc| Doc::string(&doc.to_string())))
}

/// Any place.
pub fn place(alphabet: Alphabet) -> BoxedStrategy<Triple> {
    let keys: &'static [&'static str] = if alphabet.bad_keys {
        &["1", "2", r#""x""#, r#""y""#, "1.0", "[]"]
    } else {
        &["1", "2", r#""x""#, r#""y""#]
    };
    leaf(alphabet)
        .prop_recursive(4, 40, 5, move |inner| {
            let names = || select(alphabet.names);
            let turn = || prop_oneof![3 => Just(0), 1 => 1..3_usize];
            let made = prop_oneof![
                4 => (vec((names(), inner.clone()), 0..5), turn()).prop_map(|(e, t)| object(e, t)),
                3 => vec(inner.clone(), 0..5).prop_map(list),
                2 => (vec((select(keys), (vec((names(), inner.clone()), 0..3)).prop_map(|e| object(e, 0)), select(SHAPES)), 0..5), turn(), turn(), prop::bool::weighted(0.05))
                    .prop_map(|(entries, t, m, repeat)| {
                        let entries = entries.into_iter().map(|(key, [b, t, m], shape)| {
                            // The shape says who has the element at all; what is in it differs anyway.
                            let has: Vec<_> = shape.bytes().map(|letter| letter != b'-').collect();
                            (key, [b.filter(|_| has[0]), t.filter(|_| has[1]), m.filter(|_| has[2])])
                        });
                        keyed(entries.collect(), [t, m], repeat)
                    }),
                1 => inner.clone().prop_map(embed),
                1 => (inner.clone(), inner.clone(), inner).prop_map(|([b, ..], [_, t, _], [.., m])| [b, t, m]),
            ];
            (made, prop_oneof![3 => Just(9_u8), 1 => 0..6_u8]).prop_map(|(triple, how)| reshape(triple, how))
        })
        .boxed()
}

/// Base, theirs and mine as whole documents; mostly objects, as sessions are.
pub fn documents(alphabet: Alphabet) -> BoxedStrategy<[Doc; 3]> {
    let inner = place(alphabet);
    let members = vec((select(alphabet.names), inner.clone()), 1..6);
    prop_oneof![6 => members.prop_map(|entries| object(entries, 0)), 1 => inner]
        .prop_map(|triple| triple.map(|doc| doc.unwrap_or_else(|| Doc::read("null"))))
        .boxed()
}
