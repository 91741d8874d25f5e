//! The merge of texts and the merge of values give the same.
#![no_main]

use std::fmt::Arguments;

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::{Value, json};
use session_merge::{Conflict, Error, Merge, Rules, merge, merge_json};
use session_merge_fuzz::{documents::documents, rules::rules};

/// A report, sorted: the models walk members in different orders. An element's key is told as it is
/// spelled, which a value does not know.
fn report<V>(conflicts: &[Conflict<V>], read: impl Fn(&V) -> Value) -> Vec<String> {
    let record = |conflict: &Conflict<V>| {
        let values = [&conflict.base, &conflict.theirs, &conflict.mine];
        let values = values.map(|value| value.as_ref().map(&read));
        let record = json!([conflict.pointer, conflict.kind, conflict.winner, values]);
        record.to_string().replace("1e0", "1.0")
    };
    let mut report: Vec<_> = conflicts.iter().map(record).collect();
    report.sort();
    report
}

fn sorted(patch: &str) -> Vec<String> {
    let edits: Vec<Value> = serde_json::from_str(patch).unwrap();
    let mut edits: Vec<_> = edits.iter().map(canonical).collect();
    edits.sort();
    edits
}

/// Zero has no sign.
fn canonical(value: &Value) -> String {
    value.to_string().replace("-0.0", "0.0")
}

fn read(json: &str) -> Value {
    serde_json::from_str(&canonical(&serde_json::from_str(json).unwrap())).unwrap()
}

fn check(
    text: Result<Merge<String>, Error>,
    value: Result<Merge<Value>, Error>,
    about: Arguments<'_>,
) {
    match (text, value) {
        (Ok(text), Ok(value)) => {
            assert_eq!(read(&text.value), read(&value.value.to_string()), "{about}");
            assert_eq!(text.changed, value.changed, "{about}");
            assert_eq!(
                report(&text.conflicts, |text| read(text)),
                report(&value.conflicts, |value| read(&value.to_string())),
                "{about}"
            );
            assert_eq!(sorted(&text.patch_text()), sorted(&value.patch_text()), "{about}");
        }
        (Err(text), Err(value)) => {
            let report = |error: &Error| {
                error.conflicts().map(|conflicts| report(conflicts, |text| read(text)))
            };
            assert_eq!(report(&text), report(&value), "{about}");
            assert_eq!(
                (text.is_depth(), text.input()),
                (value.is_depth(), value.input()),
                "{about}"
            );
        }
        (text, value) => panic!("{text:?}\n{value:?}\n{about}"),
    }
}

fn run(data: &[u8]) -> Result<()> {
    let mut u = Unstructured::new(data);
    let mut rule_set = rules(&mut u)?;
    // A value does not hold what a repeated name loses, however deep that is.
    rule_set.as_object_mut().unwrap().remove("max_depth");
    let rules = Rules::new(&rule_set).unwrap();
    let texts = documents(&mut u)?;
    let [base, theirs, mine] = &texts;
    let values = texts.each_ref().map(|text| serde_json::from_str::<Value>(text).unwrap());
    let value = merge(&values[0], &values[1], &values[2], &rules);
    if let Ok(merged) = &value {
        let mut patched = values[1].clone();
        json_patch::patch(&mut patched, &merged.patch()).unwrap();
        assert_eq!(
            canonical(&patched),
            canonical(&merged.value),
            "{rule_set}\n{base}\n{theirs}\n{mine}"
        );
    }
    check(
        merge_json(base, theirs, mine, &rules),
        value,
        format_args!("{rule_set}\n{base}\n{theirs}\n{mine}"),
    );
    Ok(())
}

fuzz_target!(|data: &[u8]| -> Corpus {
    if run(data).is_ok() { Corpus::Keep } else { Corpus::Reject }
});
