//! Corners of the semantics where two rules meet.

use serde_json::{Value, json};
use session_merge::{Resolver, Rules, Winner, merge, merge_json};

/// What both models make of it: the value, and each conflict as pointer, kind and winner.
fn merged(rules: &Rules, [base, theirs, mine]: [Value; 3]) -> (Value, Vec<String>) {
    let result = merge(&base, &theirs, &mine, rules).unwrap();
    let texts = [&base, &theirs, &mine].map(Value::to_string);
    let text = merge_json(&texts[0], &texts[1], &texts[2], rules).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text.value).unwrap(), result.value);
    let mut patched = theirs.clone();
    json_patch::patch(&mut patched, &result.patch()).unwrap();
    assert_eq!(patched, result.value);
    assert_eq!(result.patch_text(), text.patch_text());
    assert_eq!((result.changed, text.changed), (result.value != theirs, result.value != theirs));
    let conflicts = result.conflicts.iter().map(|conflict| {
        let winner = conflict.winner.map_or("none", session_merge::Winner::as_str);
        format!("{} {} {winner}", conflict.pointer.as_str(), conflict.kind)
    });
    (result.value, conflicts.collect())
}

fn check(rules: &Value, sides: [Value; 3], value: &Value, conflicts: &[&str]) {
    let (found, report) = merged(&Rules::new(rules).unwrap(), sides);
    assert_eq!((&found, report), (value, conflicts.iter().map(ToString::to_string).collect()));
}

#[test]
fn a_number_spelled_anew_does_not_change_a_group() {
    let rules = json!({"groups": [["/a", "/b"]]});
    let base = json!({"a": 1, "b": 1});
    let mine = json!({"a": 1, "b": 2});
    check(&rules, [base.clone(), json!({"a": 1.0, "b": 1}), mine.clone()], &mine, &[]);
    // A list that holds one does.
    let of_lists = |value: Value| json!({"a": [value], "b": 1});
    let mine = json!({"a": [1], "b": 2});
    check(
        &rules,
        [of_lists(json!(1)), of_lists(json!(1.0)), mine.clone()],
        &mine,
        &[" group mine"],
    );
}

#[test]
fn a_document_spelled_anew_does_not_stand_against_a_deletion() {
    let rules = json!({"/a": "embedded", "delete": "empties"});
    for (text, anew) in [("1", "1.0"), ("\"x\"", " \"x\""), ("{\"b\":1}", "{ \"b\": 1 }")] {
        let (base, anew) = (json!({"a": text}), json!({"a": anew}));
        check(&rules, [base.clone(), anew.clone(), json!({})], &json!({}), &[]);
        check(&rules, [base, json!({}), anew], &json!({}), &[]);
    }
}

#[test]
fn a_new_element_goes_before_one_that_only_survived() {
    let rules = json!({"": {"merge": "keyed", "key": "id"}, "delete": "loses"});
    let base = json!([{"id": 1}, {"id": 2}]);
    let theirs = json!([{"id": 1}, {"id": 2, "n": 1}]);
    let mine = json!([{"id": 1}, {"id": 3}]);
    let expected = json!([{"id": 1}, {"id": 3}, {"id": 2, "n": 1}]);
    check(&rules, [base, theirs, mine], &expected, &["/2 edit-delete theirs"]);
}

#[test]
fn a_function_decides_a_chunk_by_a_list() {
    let both = Resolver::values(|_, theirs, mine| {
        let lists = [theirs, mine].map(|list| list.as_array().cloned().unwrap_or_default());
        Ok(lists.concat().into())
    });
    let rules = Rules::default().resolver("", both).unwrap();
    let sides = [json!([0, 1, 9]), json!([0, 2, 9]), json!([0, 3, 4, 9])];
    let expected = (json!([0, 2, 3, 4, 9]), vec![" edit-edit custom".to_owned()]);
    assert_eq!(merged(&rules, sides), expected);
}

#[test]
fn a_list_that_only_has_another_order_is_changed() {
    let rules = json!({"": {"merge": "keyed", "key": "id"}});
    // Both made the same edits, and mine turned the list round.
    let list = |order: [u8; 2], n: u8| json!(order.map(|id| json!({"id": id, "n": n})));
    let sides = [list([1, 2], 0), list([1, 2], 1), list([2, 1], 1)];
    check(&rules, sides, &list([2, 1], 1), &[]);
    // The same by position: what stands in theirs' place is another element.
    let sides = [
        json!([{"p": 1}, {"a": 1}]),
        json!([{"p": 1}, {"a": 1.0}]),
        json!([{"a": 1.0}, {"a": 1.0}]),
    ];
    check(&json!({}), sides.clone(), &sides[2], &[]);
}

#[test]
fn a_group_of_numbers_spelled_anew_comes_with_the_whole() {
    let rules = json!({"groups": [["/a", "/b"]]});
    let base = json!({"a": 1, "b": 1, "c": 1});
    let mine = json!({"a": 1.0, "b": 1, "c": 2});
    check(&rules, [base.clone(), base, mine.clone()], &mine, &[]);
}

#[test]
fn what_is_no_object_has_no_field_to_be_latest_by() {
    let rules = json!({"merge": "atomic", "conflict": {"latest": "n"}});
    let side = |value: Value| json!({"a": value});
    for other in [json!(["n", 9]), json!("n"), json!(9), json!({"m": 9}), json!({"n": [9]})] {
        let sides = [side(json!(0)), side(other), side(json!({"n": 1}))];
        let mine = sides[2].clone();
        check(&json!({"/a": rules}), sides, &mine, &["/a edit-edit mine"]);
    }
    let sides = [side(json!(0)), side(json!({"n": 2})), side(json!({"n": 1}))];
    let theirs = sides[1].clone();
    check(&json!({"/a": rules}), sides, &theirs, &["/a edit-edit theirs"]);
}

#[test]
fn a_conflict_that_is_not_allowed_fails_out_of_an_embedded_document_too() {
    let rules = json!({"/e": "embedded", "/e/a": "fail", "/e/b": "mine"});
    let rules = Rules::new(&rules).unwrap();
    let [base, theirs, mine] = [1, 2, 3].map(|n| json!({"e": json!({"a": n, "b": n}).to_string()}));
    let error = merge(&base, &theirs, &mine, &rules).unwrap_err();
    let records = error.conflicts().unwrap().iter();
    let winners = records.map(|record| (record.pointer.as_str().into_owned(), record.winner));
    let expected = [("/e/a".to_owned(), None), ("/e/b".to_owned(), Some(Winner::Mine))];
    assert_eq!(winners.collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_put_together_is_compact_whatever_stood_between() {
    let rules = Rules::default();
    let merged = |sides: [&str; 3]| merge_json(sides[0], sides[1], sides[2], &rules).unwrap().value;
    let base = "{\"a\":1 , \"b\":[ 2 ],\n\"c\": 3,\"d\":4,\"e\":5 }";
    let theirs = base.replace(":4", ":6");
    let mine = base.replace(":5", ":7");
    let expected = r#"{"a":1,"b":[ 2 ],"c":3,"d":6,"e":7}"#;
    assert_eq!(merged([base, &theirs, &mine]), expected);
    // The same with members that came in front, so that the names have to be looked for.
    let in_front = |text: &str| text.replacen('{', "{ \"z\":0,", 1);
    let expected = r#"{"z":0,"a":1,"b":[ 2 ],"c":3,"d":6,"e":7}"#;
    assert_eq!(merged([base, &in_front(&theirs), &mine]), expected);
    let expected = r#"{"a":1,"b":[ 2 ],"c":3,"d":6,"e":7,"z":0}"#;
    assert_eq!(merged([base, &theirs, &in_front(&mine)]), expected);
    // A repeated name stands at its first place as it comes last.
    let repeated = theirs.replacen('{', "{\"b\":8,\"a\": 1,", 1);
    let expected = r#"{"b":[ 2 ],"a":1,"c":3,"d":6,"e":7}"#;
    assert_eq!(merged([base, &repeated, &mine]), expected);
}

#[test]
fn a_group_is_reported_whole_whatever_the_order_of_names() {
    let rules = Rules::new(&json!({"groups": [["/a", "/b"]]})).unwrap();
    let base = r#"{"a":1,"b":1,"c":1}"#;
    for (theirs, mine) in [
        (r#"{"a":1,"b":2,"c":1}"#, r#"{"a":1,"b":3,"c":1}"#),
        (r#"{"z":0,"a":1,"b":2,"c":1}"#, r#"{"a":1,"b":3,"c":1}"#),
        (r#"{"c":1,"b":2,"a":1}"#, r#"{"y":0,"b":3,"a":1}"#),
        (r#"{"b":2,"a":2,"a":1}"#, r#"{"b":3,"a":1}"#),
    ] {
        let merged = merge_json(base, theirs, mine, &rules).unwrap();
        let record = &merged.conflicts[0];
        let read = |side: &Option<String>| -> Value {
            serde_json::from_str(side.as_ref().unwrap()).unwrap()
        };
        assert_eq!(read(&record.theirs), json!({"a": 1, "b": 2}), "{theirs}");
        assert_eq!(read(&record.mine), json!({"a": 1, "b": 3}), "{mine}");
    }
}

#[test]
fn a_name_that_only_repeats_is_no_change() {
    let rules = Rules::new(&json!({"/o": "atomic"})).unwrap();
    let base = r#"{"o":{"a":1,"b":2}}"#;
    let repeated = r#"{"o":{"a":9,"a":1,"b":2}}"#;
    let changed = r#"{"o":{"a":3,"b":2}}"#;
    for [theirs, mine] in [[repeated, changed], [changed, repeated]] {
        let merged = merge_json(base, theirs, mine, &rules).unwrap();
        assert_eq!((merged.value.as_str(), merged.conflicts.len()), (changed, 0));
    }
}
