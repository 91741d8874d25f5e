//! A data model of one's own merges as the crate's own do.

mod common;

use std::fs;
use std::path::Path;

use common::toy::{Toy, Toys};
use serde_json::{Value, json};
use session_merge::model::{Failure, merge_model};
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
    let toy = |conflict: Conflict<std::rc::Rc<Toy>>| {
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
    let built = session_merge::model::Model::build(&Toys, &merged.plan).unwrap();
    assert_eq!(built.to_value(), expected.value);
    let Ok(edits) = merged.edits(&Toys, &t) else { panic!("toys compare") };
    assert_eq!(edits.len(), expected.patch().unwrap().0.len());
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
