//! A data model of one's own merges as the crate's own do.

mod common;

use std::fs;
use std::path::Path;
use std::rc::Rc;

use common::toy::{Toy, Toys};
use serde_json::{Value, json};
use session_merge::model::{Failure, Model, merge_model};
use session_merge::{Conflict, Rules, merge};

fn report(conflicts: impl Iterator<Item = Value>) -> Vec<String> {
    let mut report: Vec<_> = conflicts.map(|conflict| conflict.to_string()).collect();
    report.sort();
    report
}

/// Runs one vector; false if a toy cannot carry it.
fn agrees(case: &Value) -> bool {
    let (Some(base), Some(theirs), Some(mine), false) =
        (case.get("base"), case.get("theirs"), case.get("mine"), case["text"] == json!(true))
    else {
        return false;
    };
    let (Some(b), Some(t), Some(m)) = (Toy::new(base), Toy::new(theirs), Toy::new(mine)) else {
        return false;
    };
    let rules = Rules::new(case.get("rules").unwrap_or(&json!({}))).unwrap();
    let expected = merge(base, theirs, mine, &rules);
    if expected.as_ref().is_err_and(session_merge::Error::is_depth) {
        // A walk alone finds what is too deep only where it goes.
        return false;
    }
    let merged = match merge_model(&Toys, &b, &t, &m, &rules) {
        Ok(merged) => merged,
        Err(Failure::Depth(pointer)) => panic!("too deep at {}", pointer.as_str()),
        Err(Failure::Model(_)) => return false,
    };
    let toy = |conflict: Conflict<Rc<Toy>>| {
        json!(conflict.try_map(|toy| Ok::<_, ()>(toy.to_value())).unwrap())
    };
    if merged.failed {
        let error = expected.unwrap_err();
        let value = |json: String| serde_json::from_str::<Value>(&json);
        let read = |conflict: &Conflict<String>| json!(conflict.clone().try_map(value).unwrap());
        assert_eq!(
            report(merged.conflicts.into_iter().map(toy)),
            report(error.conflicts().unwrap().iter().map(read))
        );
        return true;
    }
    let expected = expected.unwrap();
    if Toy::new(&expected.value).is_none() {
        return false;
    }
    let Ok(changed) = merged.changed(&Toys, &t) else { panic!("toys compare") };
    assert_eq!(changed, expected.changed);
    let built = Toys.build(&merged.plan).unwrap();
    assert_eq!(built.to_value(), expected.value);
    let Ok(edits) = merged.edits(&Toys, &t) else { panic!("toys compare") };
    assert_eq!(edits.len(), expected.patch().0.len());
    assert_eq!(
        report(merged.conflicts.into_iter().map(toy)),
        report(expected.conflicts.iter().map(|conflict| json!(conflict)))
    );
    true
}

#[test]
fn a_toy_agrees_on_the_vectors_it_carries() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let mut carried = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let agreed = std::panic::catch_unwind(|| agrees(case));
            carried += usize::from(
                agreed.unwrap_or_else(|_| panic!("{}: {}", path.display(), case["name"])),
            );
        }
    }
    assert!(carried > 100, "only {carried} vectors");
}

/// A set of numbers, in a map.
fn set(numbers: &[i64]) -> Rc<Toy> {
    let elements = numbers.iter().map(|&number| Rc::new(Toy::Int(number))).collect();
    Rc::new(Toy::Map(vec![("s".to_owned(), Rc::new(Toy::Set(elements)))]))
}

/// Merges and looks at the result, at whether it changed, and at the patch.
fn merged(rules: &Value, [base, theirs, mine]: [&Rc<Toy>; 3]) -> (Rc<Toy>, bool, usize) {
    let rules = Rules::new(rules).unwrap();
    let merged = merge_model(&Toys, base, theirs, mine, &rules);
    let Ok(merged) = merged else { panic!("toys merge") };
    let Ok(changed) = merged.changed(&Toys, theirs) else { panic!("toys compare") };
    let Ok(edits) = merged.edits(&Toys, theirs) else { panic!("toys compare") };
    (Toys.build(&merged.plan).unwrap(), changed, edits.len())
}

#[test]
fn sets_stay_sets() {
    let rules = json!({"/s": "set", "delete": "empties"});
    let base = set(&[1, 2, 3]);
    let result = merged(&rules, [&base, &set(&[1, 2, 4]), &set(&[3, 2, 5])]);
    assert_eq!(result, (set(&[2, 4, 5]), true, 1));
    // What mine removed theirs had removed as well.
    let result = merged(&rules, [&base, &set(&[1, 4]), &set(&[1, 2])]);
    assert_eq!(result, (set(&[1, 4]), false, 0));
    // A set is no list: there is no law for the two together.
    let list = Rc::new(Toy::Map(vec![("s".to_owned(), Rc::new(Toy::List(Vec::new())))]));
    assert_eq!(merged(&rules, [&base, &set(&[1]), &list]), (list, true, 1));
    // A set that is gone counts as an empty one, and what is empty then is gone.
    let gone = Rc::new(Toy::Map(Vec::new()));
    assert_eq!(merged(&rules, [&base, &gone, &set(&[1, 7])]), (set(&[7]), true, 1));
    assert_eq!(merged(&rules, [&base, &gone, &set(&[1, 2])]), (gone.clone(), false, 0));
}
