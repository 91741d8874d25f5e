use super::{Node, Text, room};
use crate::model::Model;

#[test]
fn digests_tell_values_apart_that_are_not_equal() {
    let room = room();
    let model = Text::new(&room);
    let digest = |json: &'static str| model.digest(&Node::trusted(json)).unwrap();
    let values = [
        "null",
        "true",
        "false",
        "1",
        "2",
        r#""a""#,
        r#""b""#,
        "[0]",
        "[1]",
        "[0,1]",
        "[1,0]",
        r#"{"a":1}"#,
        r#"{"a":2}"#,
        r#"{"b":1}"#,
        r#"{"a":1,"b":2}"#,
        r#"{"a":"a"}"#,
    ];
    let digests: std::collections::HashSet<_> = values.map(digest).into();
    assert_eq!(digests.len(), values.len());
    assert_eq!(digest(r#"["a",[1 , 2]]"#), digest(r#"["\u0061",[1.0,2]]"#));
    assert_eq!(digest(r#"{"a":1,"\u0062":[ 2.0 ]}"#), digest(r#"{"b":[2],"a":0,"a" : 1e0}"#));
}

/// Families of equal values, and in them groups of those that are the same.
const FAMILIES: &[&[&[&str]]] = &[
    &[&["1"], &["1.0", "1e0", "10E-1"]],
    &[&["0", "-0"], &["0.0", "-0.0", "0e5"]],
    &[&[r#""a""#, r#""\u0061""#]],
    &[&[r#""b""#]],
    &[&[r#""\n""#, r#""\u000a""#]],
    &[&["[]", "[ ]"]],
    &[&["[1,[2]]", "[1 ,[ 2 ]]"], &["[1.0,[2]]"], &["[1,[2.0]]"]],
    &[&["[[2],1]"]],
    &[&["[1]"], &["[1.0]", "[1e0]"]],
    &[&["[1,2]"]],
    &[&["{}", "{ }"]],
    &[&[r#"{"a":1,"b":2}"#, r#"{"b":2,"\u0061":0,"a":1}"#], &[r#"{"b":2,"a":1.0}"#]],
    &[&[r#"{"a":1,"c":2}"#]],
    &[&[r#"{"a":1}"#]],
    &[&["null"]],
    &[&["true"]],
    &[&["false"]],
    &[&["NaN"]],
];

#[test]
fn what_is_the_same_and_what_is_only_equal() {
    let room = room();
    let model = Text::new(&room);
    let places = FAMILIES.iter().enumerate().flat_map(|(family, groups)| {
        groups.iter().enumerate().flat_map(move |(group, texts)| {
            texts.iter().map(move |text| ((family, group), Node::trusted(text)))
        })
    });
    let places: Vec<_> = places.collect();
    for (a, one) in &places {
        for (b, other) in &places {
            assert_eq!(model.same(one, other).unwrap(), a == b, "{one:?} {other:?}");
            assert_eq!(model.equal(one, other).unwrap(), a.0 == b.0, "{one:?} {other:?}");
        }
    }
}
