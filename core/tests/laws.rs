//! The laws of the semantics over random documents and random rule sets.

mod common;

use common::doc::{Doc, EQUAL, Lens, SAME, pointer_to, units, wide};
use common::outcome::{Outcome, compiled, patched, records, report, text, value, values};
use common::rules::{EVERYTHING, LENIENT, Space, mirrored, rules};
use common::triples::{CARRIED, TEXT, documents, keyed_lists, lists, writers};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;
use serde_json::{Value, json};
use session_merge::{merge, merge_json};

/// Found counterexamples become tests with a name, not files of seeds.
fn config() -> Config {
    Config { failure_persistence: None, max_global_rejects: 65_536, ..Config::default() }
}

/// Where elements stand, how a number is spelled and how an embedded document is written do not
/// count.
const LOOSE: Lens = Lens { equal: true, unordered: true, embedded: true };

fn without(modes: &'static [&'static str]) -> Space {
    Space { modes, ..LENIENT }
}

/// Whether any rule has a field with one of these values.
fn uses(rules: &Value, words: &[&str]) -> bool {
    match rules {
        Value::String(text) => words.contains(&text.as_str()),
        Value::Object(entries) => {
            entries.iter().any(|(key, value)| words.contains(&key.as_str()) || uses(value, words))
        }
        _ => false,
    }
}

/// Whether a report has a record at a place or above it.
fn reported(outcome: &Outcome, path: &[u16]) -> bool {
    records(outcome).iter().any(|record| path.starts_with(&wide(&record.pointer)))
}

/// Whether, at a place and below, what only one side changed is in the result or in the report.
fn accounted(
    sides: [Option<&Doc>; 3],
    result: Option<&Doc>,
    path: &mut Vec<u16>,
    merged: &Outcome,
) -> Result<(), String> {
    let form = |doc: Option<&Doc>, lens| doc.map(|doc| doc.form(lens));
    let [base, theirs, mine] = sides;
    for (one, other) in [(theirs, mine), (mine, theirs)] {
        let only_one =
            form(other, SAME) == form(base, SAME) && form(one, EQUAL) != form(base, EQUAL);
        if only_one && form(result, SAME) != form(one, SAME) && !reported(merged, path) {
            return Err(String::from_utf16_lossy(path));
        }
    }
    // A side that is missing may count as empty; where it does not, the deletion is in the report.
    for (name, _) in sides.into_iter().flatten().flat_map(Doc::members) {
        let name = units(name);
        let member = |doc: Option<&'_ Doc>| doc.and_then(|doc| doc.member(&name)).cloned();
        let inner = sides.map(member);
        let length = path.len();
        path.extend(pointer_to(&name));
        let below = inner.each_ref().map(Option::as_ref);
        accounted(below, member(result).as_ref(), path, merged)?;
        path.truncate(length);
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_one_side_changed_is_kept_or_reported(
        docs in documents(TEXT),
        rules in rules(Space { cuts: false, ..LENIENT }),
    ) {
        let merged = text(&docs, &compiled(&rules));
        let result = merged.as_ref().unwrap().value.clone();
        let accounted = accounted(docs.each_ref().map(Some), Some(&result), &mut Vec::new(), &merged);
        prop_assert_eq!(accounted, Ok(()));
    }

    #[test]
    fn what_one_side_inserted_is_kept_or_reported(
        [base, theirs, mine] in lists(),
        mode in select(&["ordered", "append", "set"]),
    ) {
        let docs = [base, theirs, mine];
        let merged = text(&docs, &compiled(&json!({"": mode}))).unwrap();
        prop_assume!(merged.conflicts.is_empty());
        let count = |list: &Doc, form: &str| {
            list.elements().iter().filter(|element| element.form(EQUAL) == form).count()
        };
        let one_wins = docs[1].is(&docs[0], SAME)
            || docs[2].is(&docs[0], SAME)
            || docs[1].is(&docs[2], EQUAL);
        let elements = docs.iter().flat_map(Doc::elements);
        for form in elements.map(|element| element.form(EQUAL)) {
            let [base, theirs, mine] = docs.each_ref().map(|list| count(list, &form));
            let result = count(&merged.value, &form);
            if mode == "set" {
                let kept = if base > 0 { theirs > 0 && mine > 0 } else { theirs + mine > 0 };
                prop_assert!(one_wins || result == usize::from(kept), "{form}");
            } else {
                prop_assert!(result > 0 || theirs <= base && mine <= base, "{form}");
            }
        }
    }

    #[test]
    fn writers_fold_in_any_order(docs in writers()) {
        let rules = compiled(&json!({
            "/**/n": "counter",
            "/s": "set",
            "/k": {"merge": "keyed", "key": "id"},
        }));
        let [base, a, b, c] = &docs;
        let mut results = Vec::new();
        for order in [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]] {
            let mut store = base.clone();
            for writer in order {
                let merged = text(&[base.clone(), store, writer.clone()], &rules).unwrap();
                prop_assume!(merged.conflicts.is_empty());
                store = merged.value;
            }
            results.push(store.form(LOOSE));
        }
        results.dedup();
        prop_assert_eq!(results.len(), 1, "{:?}", results);
    }

    #[test]
    fn larger_and_smaller_do_not_depend_on_the_side(
        [base, theirs, mine] in documents(TEXT),
        winner in select(&["max", "min"]),
    ) {
        let rules = compiled(&json!({"conflict": winner, "/n": "atomic"}));
        let there = text(&[base.clone(), theirs.clone(), mine.clone()], &rules).unwrap();
        let back = text(&[base, mine, theirs], &rules).unwrap();
        let ordered = |value: &Option<Doc>| match value {
            Some(Doc::String(_)) => 1,
            Some(Doc::Token(token)) if token.ends_with(|last: char| last.is_ascii_digit()) => 2,
            _ => 0,
        };
        prop_assume!(there.conflicts.iter().all(|record| {
            let [_, theirs, mine] = record.values.each_ref().map(ordered);
            record.winner == Some("deleted") || theirs == mine && theirs > 0
        }));
        prop_assert_eq!(there.value.form(LOOSE), back.value.form(LOOSE));
    }

    #[test]
    fn one_side_unchanged_gives_the_other(
        [base, theirs, mine] in documents(TEXT),
        rules in rules(EVERYTHING),
    ) {
        let rules = compiled(&rules);
        let merged = text(&[base.clone(), base.clone(), mine.clone()], &rules).unwrap();
        let expected = if mine.is(&base, SAME) { &base } else { &mine };
        prop_assert_eq!(merged.text, expected.to_string());
        prop_assert!(merged.conflicts.is_empty());
        let merged = text(&[base.clone(), theirs.clone(), base], &rules).unwrap();
        prop_assert_eq!(merged.text, theirs.to_string());
        prop_assert!(merged.conflicts.is_empty() && !merged.changed && merged.patch.is_empty());
    }

    #[test]
    fn both_sides_alike_give_that(
        [base, side, _] in documents(TEXT),
        rules in rules(Space { modes: &["deep", "atomic", "set", "ordered", "keyed", "text", "embedded"], ..EVERYTHING }),
    ) {
        let merged = text(&[base, side.clone(), side.clone()], &compiled(&rules)).unwrap();
        prop_assert_eq!(merged.value.form(SAME), side.form(SAME));
        prop_assert!(merged.conflicts.is_empty() && !merged.changed);
    }

    #[test]
    fn members_do_not_interact(
        docs in documents(TEXT),
        rules in rules(Space { groups: false, ..EVERYTHING }),
    ) {
        prop_assume!(docs.iter().all(|doc| matches!(doc, Doc::Object(_))));
        let mut set = rules;
        set[""]["merge"] = json!("deep");
        for parameter in ["min", "max", "limit", "unique", "key", "root"] {
            set[""].as_object_mut().unwrap().remove(parameter);
        }
        let rules = compiled(&set);
        // A pattern that matches the root as well as others would now be overruled there, which is
        // fine.
        let whole = text(&docs, &rules);
        let mut alone = Vec::new();
        let mut names: Vec<_> =
            docs.iter().flat_map(|doc| doc.members().iter().map(|(name, _)| units(name))).collect();
        names.sort();
        names.dedup();
        for name in names {
            let only = |doc: &Doc| {
                let members = doc.members().iter().filter(|(literal, _)| units(literal) == name);
                Doc::Object(members.cloned().collect())
            };
            let part = text(&docs.each_ref().map(only), &rules);
            alone.extend_from_slice(records(&part));
            if let (Ok(whole), Ok(part)) = (&whole, &part) {
                let form = |doc: &Doc| doc.member(&name).map(|member| member.form(SAME));
                prop_assert_eq!(form(&whole.value), form(&part.value));
            }
            prop_assert!(part.is_ok() || whole.is_err());
        }
        prop_assert_eq!(report(records(&whole), SAME), report(&alone, SAME));
    }

    #[test]
    fn swapping_the_sides_swaps_nothing_else(
        [base, theirs, mine] in documents(TEXT),
        rules in rules(Space { winners: &["mine", "theirs", "base", "fail"], deletes: EVERYTHING.deletes, ..LENIENT }),
    ) {
        prop_assume!(!uses(&rules, &["limit"]));
        let mut rules = rules;
        if rules.get("conflict").is_none() {
            rules["conflict"] = json!("mine");
        }
        let there = text(&[base.clone(), theirs.clone(), mine.clone()], &compiled(&rules));
        let back = text(&[base, mine, theirs], &compiled(&mirrored(&rules)));
        let pointers = |outcome: &Outcome| {
            let mut pointers: Vec<_> =
                records(outcome).iter().map(|record| String::from_utf8_lossy(&record.pointer).into_owned()).collect();
            pointers.sort();
            pointers
        };
        prop_assert_eq!(pointers(&there), pointers(&back));
        prop_assert_eq!(there.is_ok(), back.is_ok());
        if let (Ok(there), Ok(back)) = (there, back) {
            prop_assert_eq!(there.value.form(LOOSE), back.value.form(LOOSE));
        }
    }

    #[test]
    fn leaves_are_never_invented(
        docs in documents(TEXT),
        rules in rules(without(&["deep", "atomic", "set", "ordered", "append", "keyed"])),
    ) {
        let merged = text(&docs, &compiled(&rules)).unwrap();
        let mut known = Vec::new();
        for doc in &docs {
            doc.leaves(&mut known);
        }
        let mut leaves = Vec::new();
        merged.value.leaves(&mut leaves);
        for leaf in leaves {
            prop_assert!(known.contains(&leaf), "{leaf}");
        }
    }

    #[test]
    fn the_patch_gives_the_result(docs in documents(TEXT), rules in rules(LENIENT)) {
        let merged = text(&docs, &compiled(&rules)).unwrap();
        prop_assert_eq!(patched(&docs[1], &merged.patch).form(SAME), merged.value.form(SAME));
        prop_assert_eq!(merged.changed, !merged.value.is(&docs[1], SAME));
        prop_assert_eq!(merged.changed, !merged.patch.is_empty());
    }

    #[test]
    fn the_patch_of_a_list_gives_the_result(
        (docs, rule) in prop_oneof![
            (keyed_lists(), Just(json!({"merge": "keyed", "key": "id"}))),
            (lists(), select(&["ordered", "append", "set"]).prop_map(|mode| json!(mode))),
        ],
    ) {
        let merged = text(&docs, &compiled(&json!({"": rule}))).unwrap();
        prop_assert_eq!(patched(&docs[1], &merged.patch).form(SAME), merged.value.form(SAME));
        prop_assert_eq!(merged.changed, !merged.value.is(&docs[1], SAME));
    }

    #[test]
    fn a_second_run_gives_the_same(docs in documents(TEXT), rules in rules(EVERYTHING)) {
        let runs = [(); 2].map(|()| text(&docs, &compiled(&rules)));
        let [first, second] = runs.map(|run| format!("{run:?}"));
        prop_assert_eq!(first, second);
    }

    #[test]
    fn values_and_text_agree(docs in documents(CARRIED), rules in rules(EVERYTHING)) {
        let rules = compiled(&rules);
        let as_text = text(&docs, &rules);
        let as_values = values(&docs, &rules);
        prop_assert_eq!(report(records(&as_text), SAME), report(records(&as_values), SAME));
        match (as_text, as_values) {
            (Ok(as_text), Ok(as_values)) => {
                prop_assert_eq!(as_text.value.form(SAME), as_values.value.form(SAME));
                prop_assert_eq!(as_text.changed, as_values.changed);
                let sorted = |patch: &[(String, Vec<u16>, Option<Doc>)]| {
                    let form = |value: &Option<Doc>| value.as_ref().map(|value| value.form(SAME));
                    let mut patch: Vec<_> =
                        patch.iter().map(|(op, path, value)| (path.clone(), op.clone(), form(value))).collect();
                    patch.sort();
                    patch
                };
                prop_assert_eq!(sorted(&as_text.patch), sorted(&as_values.patch));
            }
            (as_text, as_values) => prop_assert_eq!(as_text.is_ok(), as_values.is_ok()),
        }
    }

    #[test]
    fn values_and_text_are_as_deep(docs in documents(CARRIED), max_depth in 1..6_usize) {
        let rules = compiled(&json!({"max_depth": max_depth}));
        let [base, theirs, mine] = docs.each_ref().map(Doc::to_string);
        let as_text = merge_json(&base, &theirs, &mine, &rules).err();
        let [base, theirs, mine] = docs.each_ref().map(value);
        let as_values = merge(&base, &theirs, &mine, &rules).err();
        let place = |error: session_merge::Error| {
            let depth = error.pointer().map(|pointer| pointer.as_str().matches('/').count());
            (error.is_depth(), error.input(), depth)
        };
        prop_assert_eq!(as_text.map(place), as_values.map(place));
    }
}
