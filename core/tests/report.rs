//! What reports and errors say, and that what they print keeps the values of a session to itself.

use std::error::Error as _;

use serde_json::{Value, json};
use session_merge::{
    ConflictKind, Error, Input, Merge, Resolver, Rules, Winner, merge, merge_json, merge_slice,
};

const SECRET: &str = "hunter2";

fn refused(base: &Value, theirs: &Value, mine: &Value, rules: &Value) -> Error {
    let rules = Rules::new(rules).unwrap();
    let text = merge_json(&base.to_string(), &theirs.to_string(), &mine.to_string(), &rules);
    let error = merge(base, theirs, mine, &rules).unwrap_err();
    assert_eq!(error.to_string(), text.unwrap_err().to_string());
    error
}

/// Which questions have an answer: JSON, depth, conflicts, input, line, column, expected, pointer.
fn answers(error: &Error) -> [bool; 8] {
    [
        error.is_json(),
        error.is_depth(),
        error.conflicts().is_some(),
        error.input().is_some(),
        error.line().is_some(),
        error.column().is_some(),
        error.expected().is_some(),
        error.pointer().is_some(),
    ]
}

#[test]
fn names_are_the_same_everywhere() {
    let kinds = [
        (ConflictKind::EditEdit, "edit-edit"),
        (ConflictKind::AddAdd, "add-add"),
        (ConflictKind::DeleteEdit, "delete-edit"),
        (ConflictKind::EditDelete, "edit-delete"),
        (ConflictKind::Order, "order"),
        (ConflictKind::Group, "group"),
        (ConflictKind::DuplicateKey, "duplicate-key"),
    ];
    for (kind, name) in kinds {
        assert_eq!((kind.as_str(), kind.to_string().as_str()), (name, name));
        assert_eq!(json!(kind), name);
    }
    let winners = [
        (Winner::Mine, "mine"),
        (Winner::Theirs, "theirs"),
        (Winner::Base, "base"),
        (Winner::Deleted, "deleted"),
        (Winner::Both, "both"),
        (Winner::Custom, "custom"),
    ];
    for (winner, name) in winners {
        assert_eq!((winner.as_str(), winner.to_string().as_str()), (name, name));
        assert_eq!(json!(winner), name);
    }
    for (input, name) in [(Input::Base, "base"), (Input::Theirs, "theirs"), (Input::Mine, "mine")] {
        assert_eq!((input.as_str(), input.to_string().as_str()), (name, name));
    }
}

#[test]
fn malformed_text() {
    let error = merge_slice(b"{}", b"{}", b"{\n\"a\":\"\xff\"}", &Rules::default()).unwrap_err();
    assert_eq!(error.to_string(), "mine is not JSON: expected UTF-8 at line 2 column 6");
    assert_eq!(error.expected(), Some("UTF-8"));
    assert_eq!(format!("{error:?}"), format!("Error({:?})", error.to_string()));
    assert_eq!(answers(&error), [true, false, false, true, true, true, true, false]);
    assert!(error.source().is_none());
}

#[test]
fn what_comes_first_is_told_whatever_the_bytes_are() {
    let place = |base: &[u8], theirs: &[u8], mine: &[u8]| {
        let error = merge_slice(base, theirs, mine, &Rules::default()).unwrap_err();
        (error.input().unwrap(), error.expected().unwrap(), error.column().unwrap())
    };
    assert_eq!(place(b"[\xff", b"{", b"{"), (Input::Base, "UTF-8", 2));
    assert_eq!(place(b"{}", b"[\xff", b"{"), (Input::Theirs, "UTF-8", 2));
    assert_eq!(place(b"{}", b"{", b"[\xff"), (Input::Theirs, "a member's name or `}`", 2));
    assert_eq!(place(b"{}", b"1 2\xff", b"{}"), (Input::Theirs, "the end of the text", 3));
    assert_eq!(place(b"{}", b"{}\xff", b"{}"), (Input::Theirs, "UTF-8", 3));
}

#[test]
fn too_deep() {
    let shallow = json!({"max_depth": 1});
    let deep = json!({"cart": {SECRET: SECRET}});
    let error = refused(&json!({}), &deep, &json!({}), &shallow);
    assert_eq!(error.to_string(), "theirs is nested deeper than 1 at \"/cart\"");
    assert_eq!(answers(&error), [false, true, false, true, false, false, false, true]);

    let embedded = json!({"/cart": "embedded", "max_depth": 1});
    let cart = |text: &str| json!({"cart": text});
    let error = refused(&cart("[1]"), &cart("[2]"), &cart("[3]"), &embedded);
    assert_eq!(error.to_string(), "an embedded document is nested deeper than 1 at \"/cart\"");
    assert_eq!(answers(&error), [false, true, false, false, false, false, false, true]);
}

#[test]
fn conflicts_that_are_not_allowed() {
    let rules = json!({"/a": "fail", "/c": {"delete": "fail"}});
    let base = json!({"a": 1, "b": 1, "c": 1});
    let theirs = json!({"a": 2, "b": 2, "c": 2});
    let mine = json!({"a": SECRET, "b": 3});
    let error = refused(&base, &theirs, &mine, &rules);
    assert_eq!(
        error.to_string(),
        "conflicts that the rules do not allow: edit-edit at \"/a\", edit-delete at \"/c\""
    );
    assert_eq!(answers(&error), [false, false, true, false, false, false, false, false]);
    // The report is complete, with what the rules did decide.
    let winners = error.conflicts().unwrap().iter().map(|conflict| conflict.winner);
    assert_eq!(winners.collect::<Vec<_>>(), [None, Some(Winner::Mine), None]);
    let printed = format!("{error} {error:?} {:?}", error.conflicts());
    assert!(!printed.contains(SECRET), "{printed}");
}

#[test]
fn functions_that_fail() {
    let failing = Resolver::values(|_, _, _| Err("no idea".into()));
    let rules = Rules::default().resolver("", failing.clone()).unwrap();
    let check = |error: Error| {
        assert_eq!(error.to_string(), "a function that decides a conflict failed");
        assert_eq!(error.source().unwrap().to_string(), "no idea");
        assert_eq!(answers(&error), [false; 8]);
    };
    check(merge(&json!(1), &json!(2), &json!(3), &rules).unwrap_err());
    check(merge_json("1", "2", "3", &rules).unwrap_err());
    assert_eq!(format!("{failing:?}"), "Resolver");
    assert_eq!(failing.tag(), 0);
    assert_eq!(failing.tagged(7).clone().tag(), 7);
}

#[test]
fn functions_see_texts_and_values() {
    let texts = Resolver::texts(|base, theirs, mine| {
        Ok(format!("[{},{theirs},{mine}]", base.unwrap_or("\"missing\"")))
    });
    let values = Resolver::values(|base, theirs, mine| {
        Ok(json!([base.unwrap_or(&json!("missing")), theirs, mine]))
    });
    for resolver in [texts, values] {
        let rules = Rules::default().resolver("", resolver).unwrap();
        let (base, theirs, mine) =
            (json!({"a": 1}), json!({"a": 2, "b": 2}), json!({"a": 3, "b": 3}));
        let expected = json!({"a": [1, 2, 3], "b": ["missing", 2, 3]});
        assert_eq!(merge(&base, &theirs, &mine, &rules).unwrap().value, expected);
        let merged =
            merge_json(&base.to_string(), &theirs.to_string(), &mine.to_string(), &rules).unwrap();
        assert_eq!(merged.value, expected.to_string());
        assert_eq!(merged.conflicts[0].winner, Some(Winner::Custom));
    }
    let broken = Rules::default().resolver("", Resolver::texts(|_, _, _| Ok("]".to_owned())));
    assert!(merge_json("1", "2", "3", &broken.unwrap()).unwrap_err().source().is_some());
}

#[test]
fn functions_that_decide_a_part_return_its_kind() {
    let number = || Resolver::values(|_, _, _| Ok(json!(1)));
    let rules = Rules::new(&json!({"/s": "text"})).unwrap().resolver("", number()).unwrap();
    let error = |name: &str, [base, theirs, mine]: [Value; 3]| {
        let [base, theirs, mine] = [base, theirs, mine].map(|value| json!({name: value}));
        let error = merge(&base, &theirs, &mine, &rules).unwrap_err();
        error.source().unwrap().to_string()
    };
    let list = error("l", [json!([1]), json!([2]), json!([3])]);
    assert_eq!(list, "a function that decides a chunk of a list must return a list");
    let text = error("s", [json!("a"), json!("b"), json!("c")]);
    assert_eq!(text, "a function that decides a part of a text must return a string");
}

#[test]
fn patches_that_no_value_can_carry() {
    let patch = |mine: &str| {
        let merged = merge_json(r#"{"a":0}"#, r#"{"a":0}"#, mine, &Rules::default()).unwrap();
        merged.patch().map(|patch| json!(patch).to_string())
    };
    for (mine, carried) in [
        (r#"{"a":1.50}"#, r#"[{"op":"replace","path":"/a","value":1.5}]"#),
        (r#"{"a":0,"~/":[]}"#, r#"[{"op":"add","path":"/~0~1","value":[]}]"#),
        ("{}", r#"[{"op":"remove","path":"/a"}]"#),
    ] {
        assert_eq!(patch(mine).unwrap(), carried);
    }
    for mine in [
        r#"{"a":NaN}"#,
        r#"{"a":1e400}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"a":[12345678901234567890123]}"#,
        r#"{"a":0.1000000000000000000001}"#,
    ] {
        let error = patch(mine).unwrap_err();
        let expected = "a JSON value of this build cannot carry what stands at \"/a\" exactly";
        assert_eq!(error.to_string(), expected);
        assert_eq!(answers(&error), [false, false, false, false, false, false, false, true]);
    }
    assert!(patch(r#"{"a":0,"\ud800":1}"#).unwrap_err().pointer().is_some());
}

#[test]
fn nothing_printed_holds_a_value() {
    let rules: Rules = r#"{"/b/*": "set", "/a": "theirs"}"#.parse().unwrap();
    assert_eq!(format!("{rules:?}"), r#"["/b/*", "/a"]"#);
    let [base, theirs, mine] = ["1", "2", SECRET].map(|value| json!({"a": value}));
    let merged = merge(&base, &theirs, &mine, &rules).unwrap();
    let printed = format!("{merged:?}");
    assert!(printed.starts_with("Merge { changed: false, conflicts: [Conflict { pointer: \"/a\""));
    assert!(printed.contains("kind: EditEdit, winner: Some(Theirs)"));
    assert!(!printed.contains(SECRET), "{printed}");
    let record = json!(merged.conflicts[0]);
    let expected = json!({
        "pointer": "/a", "kind": "edit-edit", "winner": "theirs",
        "base": "1", "theirs": "2", "mine": SECRET,
    });
    assert_eq!(record, expected);
}

#[test]
fn rule_sets_that_are_refused() {
    let error = "{".parse::<Rules>().unwrap_err();
    assert_eq!(error.pattern(), "");
    assert!(error.reason().starts_with("not JSON: "));
    let error = Rules::new(&json!({"/a": {"merge": "counter", "min": "1"}})).unwrap_err();
    assert_eq!((error.pattern(), error.reason()), ("/a", "`min` is a number"));
    assert_eq!(error.to_string(), "rule \"/a\": `min` is a number");
    // A winner of one member, which is `latest`, or `resolver` and the number of one that is there.
    let choice = |choice: Value| {
        let mine = Resolver::texts(|_, _, mine| Ok(mine.to_owned()));
        Rules::with_resolvers(&json!({"conflict": choice}), vec![mine])
    };
    assert!(choice(json!({"resolver": 0})).is_ok() && choice(json!({"latest": "n"})).is_ok());
    let error = choice(json!({"resolver": 1})).unwrap_err();
    assert_eq!(error.reason(), "there is no such resolver");
    for refused in [
        json!({}),
        json!({"other": 0}),
        json!({"other": "n"}),
        json!({"latest": "n", "more": 1}),
        json!({"resolver": 0, "s": 1}),
        json!({"latest": 0}),
        json!(["mine"]),
        json!("deleted"),
    ] {
        let error = choice(refused).unwrap_err();
        assert_eq!(error.pattern(), "conflict");
        assert!(error.reason().starts_with("`conflict` is "));
    }
}

#[test]
fn results_compare() {
    let merged = |mine: &str| merge_json("1", "2", mine, &Rules::default()).unwrap();
    assert!(merged("3") == merged("3"));
    assert!(merged("3") != merged("4"));
    assert_eq!(Merge::<String>::patch_text(&merged("2")), "[]");
}
