//! A merge comes out the same whether or not it knows what base's tape and the sides' pieces tell,
//! and whether or not it sees at once that theirs is base.

use std::fmt::Write;

use super::{Node, Text, room};
use crate::merge::merge_json;
use crate::model::{Failure, Model, Operation, edits, merge_model};
use crate::outcome::Merge;
use crate::rules::Rules;
use proptest::prelude::*;

const DEPTH: usize = 16;

/// Texts of documents with few names, so that names and values meet again elsewhere, and may be
/// repeated; some have white space, some escapes.
fn document() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "0",
        "1",
        "1.0",
        "-20",
        "true",
        "null",
        r#""a""#,
        r#""\u0061b""#,
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 40, 6, |inner| {
        let name = prop::sample::select(vec!["a", "b", "c", "d", "long name", r"\u0062", "e", "f"]);
        let space = || prop::sample::select(vec!["", "", "", "", "", "", " ", "\n "]);
        let member = (name, space(), space(), inner.clone())
            .prop_map(|(name, one, other, value)| format!("\"{name}\"{one}:{other}{value}"));
        let list = |inner, open: &'static str, close: &'static str| {
            (prop::collection::vec(inner, 0..6), space()).prop_map(move |(parts, space)| {
                format!("{open}{}{close}", parts.join(format!(",{space}").as_str()))
            })
        };
        prop_oneof![3 => list(member.boxed(), "{", "}"), 1 => list(inner.boxed(), "[", "]")]
    })
}

/// A text that is another with some of its parts replaced, taken out, or put in.
fn side(base: &str, changes: &[(prop::sample::Index, String, u8)]) -> String {
    let mut side = base.to_owned();
    for (index, part, how) in changes {
        let is_part = |&(at, _): &(usize, char)| {
            at > 0 && matches!(side.as_bytes()[at - 1], b':' | b',' | b'[')
        };
        let places: Vec<usize> = side.char_indices().filter(is_part).map(|(at, _)| at).collect();
        if places.is_empty() {
            continue;
        }
        let at = places[index.index(places.len())];
        let Ok(end) = super::tape::value_end(side.as_bytes(), at, DEPTH) else { continue };
        let mut edited = side.clone();
        match how {
            0 => edited.replace_range(at..end, part),
            1 => edited.insert_str(at, &format!("{part},")),
            2 => edited.insert_str(end, &format!(",\"new\":{part}")),
            3 => edited.insert_str(end, &format!(",\"a\":{part}")),
            _ => edited.replace_range(at..end, &side[at..end].replace("\"a\"", "\"z\"")),
        }
        // Not every change leaves a document.
        if Node::read(&edited, DEPTH).is_ok() {
            side = edited;
        }
    }
    side
}

fn rules() -> impl Strategy<Value = Rules> {
    prop::sample::select(vec![
        "{}",
        r#"{"/**": {"delete": "empties"}}"#,
        r#"{"/a": "set", "/b": "append", "/**/c": {"merge": "keyed", "key": "a"}}"#,
        r#"{"groups": [["/a", "/b"]]}"#,
    ])
    .prop_map(|rules| rules.parse().unwrap())
}

/// The result and its patch, or where the merge failed.
fn outcome<'a>(model: &Text<'a>, nodes: [Node<'a>; 3], rules: &Rules) -> String {
    let [base, theirs, mine] = nodes;
    let merged = match merge_model(model, &base, &theirs, &mine, rules) {
        Ok(merged) => merged,
        Err(Failure::Depth(pointer)) => return format!("too deep at {}", pointer.as_str()),
        Err(Failure::Model(error)) => return format!("{:?}", error.0),
    };
    let mut told = String::new();
    for conflict in &merged.conflicts {
        let values = [&conflict.base, &conflict.theirs, &conflict.mine];
        let (pointer, kind) = (conflict.pointer.as_str(), conflict.kind);
        let _ = writeln!(told, "{pointer} {kind:?} {:?} {values:?}", conflict.winner);
    }
    for edit in edits(model, &theirs, &merged.plan).ok().into_iter().flatten() {
        let value = match &edit.operation {
            Operation::Add(value) | Operation::Replace(value) => value,
            Operation::Remove => "",
        };
        let _ = writeln!(told, "{} {value}", edit.pointer.as_str());
    }
    model.build(&merged.plan).unwrap_or_default() + "\n" + &told
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_comes_out(
        base in document(),
        theirs in prop::collection::vec((any::<prop::sample::Index>(), document(), 0..5_u8), 0..4),
        mine in prop::collection::vec((any::<prop::sample::Index>(), document(), 0..5_u8), 0..4),
        rules in rules(),
    ) {
        let (theirs, mine) = (side(&base, &theirs), side(&base, &mine));
        let texts = [base.as_str(), &theirs, &mine];
        let room = room();
        let mut with = Text::new(&room);
        let nodes = with.read(texts, DEPTH).unwrap();
        let without = Text::new(&room);
        prop_assert_eq!(
            outcome(&with, nodes, &rules),
            outcome(&without, texts.map(Node::trusted), &rules),
            "{:?}", texts
        );
    }

    #[test]
    fn mine_alone_is_taken_as_it_would_be_decided(
        base in document(),
        mine in prop::collection::vec((any::<prop::sample::Index>(), document(), 0..5_u8), 0..4),
        rules in rules(),
    ) {
        let (theirs, mine) = (base.clone(), side(&base, &mine));
        let room = room();
        let model = Text::new(&room);
        let [base, theirs, mine] = [&base, &theirs, &mine].map(|text| Node::trusted(text));
        let decided = merge_model(&model, &base, &theirs, &mine, &rules)
            .and_then(|merged| Merge::new(&model, merged, &theirs));
        let Ok(decided) = decided else { return Err(TestCaseError::fail("no result")) };
        let taken = merge_json(base.text, theirs.text, mine.text, &rules);
        prop_assert!(taken.is_ok_and(|taken| taken == decided), "{} {}", base.text, mine.text);
    }
}
