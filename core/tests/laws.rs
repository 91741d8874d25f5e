//! The laws of the semantics over random documents and random rule sets.

mod common;

use common::doc::{Doc, EQUAL, Lens, SAME, units};
use common::outcome::{Outcome, compiled, patched, records, report, text, values};
use common::rules::{EVERYTHING, LENIENT, Space, mirrored, rules};
use common::triples::{CARRIED, TEXT, documents};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};

/// Found counterexamples become tests with a name, not files of seeds.
fn config() -> Config {
    Config { failure_persistence: None, max_global_rejects: 65_536, ..Config::default() }
}

/// Where elements stand, how a number is spelled and how an embedded document is written do not count.
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

proptest! {
    #![proptest_config(config())]

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
        // A pattern that matches the root as well as others would now be overruled there, which is fine.
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
        docs.iter().for_each(|doc| doc.leaves(&mut known));
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
}
