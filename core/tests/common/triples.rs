//! Random triples of documents, grown as one tree so that the sides collide at every depth and failures shrink.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::doc::{Doc, EQUAL};

/// One place on base, theirs and mine, and on a third writer's side.
pub type Sides = [Option<Doc>; 4];

/// What documents are made of.
#[derive(Clone, Copy)]
pub struct Alphabet {
    pub names: &'static [&'static str],
    pub scalars: &'static [&'static str],
    /// Keys of list elements.
    pub keys: &'static [&'static str],
    /// Whether there are containers other than objects, and strings that hold documents.
    pub lists: bool,
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
    keys: &["1", "2", "7", r#""x""#, r#""y""#, "1.0", "[]"],
    lists: true,
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
    keys: &["1", "2", "7", r#""x""#, r#""y""#, "1.0", "[]"],
    lists: true,
};

/// For writers whose merges do not depend on their order.
pub const WRITERS: Alphabet = Alphabet {
    names: &[r#""a""#, r#""b""#, r#""n""#],
    scalars: &["null", "0", "1", "2", "7", "-3", r#""x""#],
    keys: &["1", "2", r#""x""#, r#""y""#],
    lists: false,
};

/// Which of base, theirs and mine has what: letters are values, `-` is missing.
const SHAPES: &[&str] = &[
    "aaa", "aab", "aba", "abb", "abc", "abc", "abc", "-ab", "-ab", "--a", "-a-", "a-b", "ab-",
    "a-a", "aa-", "a--", "-aa",
];

/// One place at the bottom.
fn leaf(alphabet: Alphabet) -> impl Strategy<Value = Sides> {
    let scalar = || select(alphabet.scalars).prop_map(Doc::read);
    let third = select(&[None, None, None, Some(b'a'), Some(b'b'), Some(b'c'), Some(b'-')]);
    (scalar(), scalar(), scalar(), select(SHAPES), third).prop_map(|(a, b, c, shape, third)| {
        let shape = shape.as_bytes();
        // The third writer mostly changes nothing.
        [shape[0], shape[1], shape[2], third.unwrap_or(shape[0])].map(|letter| match letter {
            b'a' => Some(a.clone()),
            b'b' => Some(b.clone()),
            b'c' => Some(c.clone()),
            _ => None,
        })
    })
}

/// What happens to a container as a whole, beside what happens inside it.
fn reshape([base, theirs, mine, writer]: Sides, how: u8) -> Sides {
    match how {
        0 => [base.clone(), base, mine, writer],
        1 => [base.clone(), theirs, base, writer],
        2 => [base, theirs.clone(), theirs, writer],
        3 => [None, theirs, mine, writer],
        4 => [base, None, mine, writer],
        5 => [base, theirs, None, writer],
        _ => [base, theirs, mine, writer],
    }
}

/// The values of one side.
fn side<T: Clone>(entries: &[(T, Sides)], side: usize) -> Vec<(T, Doc)> {
    let entry = |(tag, sides): &(T, Sides)| sides[side].clone().map(|value| (tag.clone(), value));
    entries.iter().filter_map(entry).collect()
}

/// Whether a name was not seen before.
fn first(seen: &mut Vec<&'static str>, name: &'static str) -> bool {
    let new = !seen.contains(&name);
    seen.push(name);
    new
}

/// An object whose members are places; `turn` rotates mine's.
fn object(mut entries: Vec<(&'static str, Sides)>, turn: usize) -> Sides {
    let mut seen = Vec::new();
    entries.retain(|(name, _)| first(&mut seen, name));
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

fn list(entries: Vec<Sides>) -> Sides {
    let entries: Vec<_> = entries.into_iter().map(|sides| ((), sides)).collect();
    std::array::from_fn(|at| {
        Some(Doc::Array(side(&entries, at).into_iter().map(|((), value)| value).collect()))
    })
}

/// Objects that name themselves by `id`; the sides may have them in other orders.
fn keyed(mut entries: Vec<(&'static str, Sides)>, turns: [usize; 3], repeat: bool) -> Sides {
    let mut seen = Vec::new();
    entries.retain(|(key, _)| first(&mut seen, key) || repeat);
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

fn embed(sides: Sides) -> Sides {
    sides.map(|doc| doc.map(|doc| Doc::string(&doc.to_string())))
}

/// A list of objects with keys; the `shape` of each says which sides have it at all.
fn keyed_list(
    alphabet: Alphabet,
    inner: impl Strategy<Value = Sides> + 'static,
) -> impl Strategy<Value = Sides> {
    let fields = vec((select(alphabet.names), inner), 0..3).prop_map(|fields| object(fields, 0));
    let element =
        (select(alphabet.keys), fields, select(SHAPES)).prop_map(|(key, sides, shape)| {
            let mut letters = shape.bytes().chain(*b"a");
            (key, sides.map(|side| side.filter(|_| letters.next() != Some(b'-'))))
        });
    let turn = || prop_oneof![1 => Just(0), 1 => 1..3_usize];
    let flag = prop::bool::weighted;
    (vec(element, 0..5), [turn(), turn()], flag(0.05), flag(0.25)).prop_map(
        move |(mut elements, [theirs, mine], repeat, alike)| {
            if alike {
                // Nothing but the order is mine's own.
                for (_, [_, theirs, mine, _]) in &mut elements {
                    mine.clone_from(theirs);
                }
            }
            keyed(elements, [theirs, mine, 0], repeat && alphabet.lists)
        },
    )
}

/// Any place.
pub fn place(alphabet: Alphabet) -> BoxedStrategy<Sides> {
    let containers = move |inner: BoxedStrategy<Sides>| {
        let turn = prop_oneof![3 => Just(0), 1 => 1..3_usize];
        let members = vec((select(alphabet.names), inner.clone()), 0..5);
        let object = (members, turn).prop_map(|(members, turn)| object(members, turn));
        if !alphabet.lists {
            return object.boxed();
        }
        let mixed = (inner.clone(), inner.clone(), inner.clone())
            .prop_map(|([b, ..], [_, t, ..], [.., m, w])| [b, t, m, w]);
        prop_oneof![
            4 => object,
            3 => vec(inner.clone(), 0..5).prop_map(list),
            2 => keyed_list(alphabet, inner.clone()),
            1 => inner.prop_map(embed),
            1 => mixed,
        ]
        .boxed()
    };
    leaf(alphabet)
        .prop_recursive(4, 40, 5, move |inner| {
            let how = prop_oneof![3 => Just(9_u8), 1 => 0..6_u8];
            (containers(inner), how).prop_map(|(sides, how)| reshape(sides, how))
        })
        .boxed()
}

fn whole(sides: Sides) -> [Doc; 4] {
    sides.map(|doc| doc.unwrap_or_else(|| Doc::read("null")))
}

fn three(sides: Sides) -> [Doc; 3] {
    let [base, theirs, mine, _] = whole(sides);
    [base, theirs, mine]
}

/// Base, theirs and mine as whole documents; mostly objects, as sessions are.
pub fn documents(alphabet: Alphabet) -> BoxedStrategy<[Doc; 3]> {
    let inner = place(alphabet);
    let members = vec((select(alphabet.names), inner.clone()), 1..6);
    prop_oneof![6 => members.prop_map(|members| object(members, 0)), 1 => inner]
        .prop_map(three)
        .boxed()
}

/// A base and what three writers made of it: objects, with a set at `/s` and a keyed list at `/k`.
pub fn writers() -> BoxedStrategy<[Doc; 4]> {
    let members = vec((select(WRITERS.names), place(WRITERS)), 0..3);
    // What holds a value twice is no set.
    let distinct = |side: Option<Doc>| {
        let mut forms = Vec::new();
        let mut new = |doc: &Doc| {
            !forms.contains(&doc.form(EQUAL)) && {
                forms.push(doc.form(EQUAL));
                true
            }
        };
        side.map(|side| {
            Doc::Array(side.elements().iter().filter(|doc| new(doc)).cloned().collect())
        })
    };
    let set = vec(leaf(WRITERS), 0..5).prop_map(move |elements| list(elements).map(distinct));
    let keyed = keyed_list(WRITERS, place(WRITERS));
    (members, set, keyed)
        .prop_map(|(mut members, set, keyed)| {
            members.extend([(r#""s""#, set), (r#""k""#, keyed)]);
            whole(object(members, 0))
        })
        .boxed()
}

/// Three lists, of scalars and small objects.
pub fn lists() -> BoxedStrategy<[Doc; 3]> {
    let scalar = || leaf(WRITERS).boxed();
    let fields = vec((select(WRITERS.names), scalar()), 0..2);
    let element = prop_oneof![3 => scalar(), 1 => fields.prop_map(|fields| object(fields, 0))];
    vec(element, 0..7).prop_map(|elements| three(list(elements))).boxed()
}

/// Three lists of objects with keys, edited and put in other orders.
pub fn keyed_lists() -> BoxedStrategy<[Doc; 3]> {
    let numbers = Alphabet { scalars: &["0", "1", "1.0", "2"], ..WRITERS };
    keyed_list(numbers, leaf(numbers)).prop_map(three).boxed()
}
