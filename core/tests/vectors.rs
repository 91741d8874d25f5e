//! Runs the shared vectors through both data models.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use session_merge::{Conflict, Error, Merge, Rules, merge, merge_json, merge_slice_briefly};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "for readers")]
    about: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[expect(dead_code, reason = "for readers")]
    why: String,
    rules: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    base: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "present")]
    theirs: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "present")]
    mine: Option<Box<RawValue>>,
    #[serde(default)]
    text: bool,
    only: Option<String>,
    #[serde(default, deserialize_with = "present")]
    value: Option<Box<RawValue>>,
    changed: Option<bool>,
    conflicts: Option<Vec<BTreeMap<String, Box<RawValue>>>>,
    patch: Option<Box<RawValue>>,
    #[serde(default)]
    fails: bool,
    rules_error: Option<Value>,
    json_error: Option<Value>,
    depth_error: Option<Value>,
}

/// Keeps `null`, which is a value like any other.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(from).map(Some)
}

impl Case {
    /// A part of the case as compact JSON text.
    fn text_of(&self, part: &RawValue) -> String {
        if self.text { serde_json::from_str(part.get()).unwrap() } else { compact(part.get()) }
    }

    fn documents(&self) -> [String; 3] {
        [&self.base, &self.theirs, &self.mine].map(|part| self.text_of(part.as_deref().unwrap()))
    }

    /// The report as records of texts.
    fn report(&self) -> Vec<BTreeMap<String, String>> {
        let text = |(key, part): (&String, &Box<_>)| {
            let value = ["base", "theirs", "mine"].contains(&key.as_str());
            (key.clone(), if value { sorted(&self.text_of(part)) } else { compact(part.get()) })
        };
        let records = self.conflicts.iter().flatten();
        records.map(|record| record.iter().map(text).collect()).collect()
    }
}

/// Takes the white space out of JSON text, and out of its strings the escapes that need not be.
fn compact(json: &str) -> String {
    let mut out = String::new();
    let mut rest = json.trim();
    while let Some(character) = rest.chars().next() {
        let mut length = character.len_utf8();
        if character == '"' {
            let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            out.push_str(&Value::String(strings.next().unwrap().unwrap()).to_string());
            length = strings.byte_offset();
        } else {
            out.push(character);
        }
        rest = rest[length..].trim_start();
    }
    out
}

/// The text with the members of every object sorted by name: their order does not count in a
/// report.
fn sorted(json: &str) -> String {
    if let Ok(members) = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(json) {
        let member = |(name, value): (String, Box<RawValue>)| {
            format!("{}:{}", Value::String(name), sorted(value.get()))
        };
        let members: Vec<_> = members.into_iter().map(member).collect();
        return format!("{{{}}}", members.join(","));
    }
    match serde_json::from_str::<Vec<Box<RawValue>>>(json) {
        Ok(elements) => {
            let elements: Vec<_> = elements.iter().map(|value| sorted(value.get())).collect();
            format!("[{}]", elements.join(","))
        }
        Err(_) => json.to_owned(),
    }
}

fn record<V: ToString>(conflict: &Conflict<V>) -> BTreeMap<String, String> {
    let mut record = BTreeMap::from([
        ("pointer".to_owned(), json!(conflict.pointer).to_string()),
        ("kind".to_owned(), json!(conflict.kind).to_string()),
        ("winner".to_owned(), json!(conflict.winner).to_string()),
    ]);
    let values = [("base", &conflict.base), ("theirs", &conflict.theirs), ("mine", &conflict.mine)];
    for (name, value) in values {
        record.extend(value.as_ref().map(|value| (name.to_owned(), sorted(&value.to_string()))));
    }
    record
}

/// Checks one model's outcome. `read` brings texts into a form that can be compared.
fn check<V: ToString, T: PartialEq + std::fmt::Debug>(
    case: &Case,
    outcome: Result<Merge<V>, Error>,
    patch: impl Fn(&Merge<V>) -> String,
    in_order: bool,
    read: impl Fn(&str) -> T,
) {
    let read_records = |records: Vec<BTreeMap<String, String>>| {
        let read = |(key, text): (String, String)| (key, read(&text));
        let mut records: Vec<(String, Vec<(String, T)>)> = records
            .into_iter()
            .map(|record| (record["pointer"].clone(), record.into_iter().map(read).collect()))
            .collect();
        if !in_order {
            records.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        records
    };
    let merged = match outcome {
        Err(error) => {
            let Some(conflicts) = error.conflicts() else {
                return check_refusal(case, &error);
            };
            assert!(case.fails, "{error}");
            let records = conflicts.iter().map(record).collect();
            assert_eq!(read_records(records), read_records(case.report()));
            return;
        }
        Ok(merged) => merged,
    };
    assert!(!case.fails, "should fail");
    let expected = case.value.as_deref().unwrap_or_else(|| panic!("should be refused"));
    assert_eq!(read(&merged.value.to_string()), read(&case.text_of(expected)), "value");
    let records = merged.conflicts.iter().map(record).collect();
    assert_eq!(read_records(records), read_records(case.report()), "conflicts");
    assert_eq!(merged.changed, case.changed.unwrap(), "changed");
    let expected = case.text_of(case.patch.as_deref().unwrap());
    let patch = patch(&merged);
    if in_order {
        assert_eq!(read(&patch), read(&expected), "patch");
    } else {
        let sorted = |text: &str| {
            let mut edits: Vec<Value> = serde_json::from_str(text).unwrap();
            edits.sort_by_key(|edit| edit["path"].to_string());
            edits
        };
        assert_eq!(sorted(&patch), sorted(&expected), "patch");
    }
}

fn check_refusal(case: &Case, error: &Error) {
    if let Some(expected) = &case.json_error {
        let seen = json!({
            "input": error.input().map(session_merge::Input::as_str),
            "line": error.line(),
            "column": error.column(),
        });
        assert_eq!(&seen, expected);
    } else if let Some(expected) = &case.depth_error {
        assert!(error.is_depth());
        assert_eq!(json!(error.pointer()), expected["pointer"]);
    } else {
        panic!("refused: {error:?}");
    }
}

fn run(case: &Case) {
    let rules = match (Rules::new(case.rules.as_ref().unwrap_or(&json!({}))), &case.rules_error) {
        (Err(error), Some(expected)) => return assert_eq!(error.pattern(), expected["pattern"]),
        (rules, None) => rules.unwrap(),
        (Ok(_), Some(_)) => panic!("the rule set should be refused"),
    };
    let [base, theirs, mine] = case.documents();
    let outcome = merge_json(&base, &theirs, &mine, &rules);
    let bytes = [&base, &theirs, &mine].map(String::as_bytes);
    match (&outcome, merge_slice_briefly(bytes[0], bytes[1], bytes[2], &rules)) {
        (Ok(merged), Ok(brief)) => {
            assert_eq!(merged.value, brief.value, "briefly");
            assert_eq!(merged.changed, brief.changed, "briefly");
            assert!(merged.conflicts == brief.conflicts, "briefly");
        }
        (Err(error), Err(brief)) => assert_eq!(error.to_string(), brief.to_string()),
        _ => panic!("a merge without its patch has another outcome"),
    }
    check(case, outcome, Merge::<String>::patch_text, true, str::to_owned);
    if case.only.as_deref() == Some("text") || case.json_error.is_some() {
        return;
    }
    let [base, theirs, mine] =
        [base, theirs, mine].map(|json| serde_json::from_str::<Value>(&json).unwrap());
    let outcome = merge(&base, &theirs, &mine, &rules);
    if let Ok(merged) = &outcome {
        let mut patched = theirs.clone();
        json_patch::patch(&mut patched, &merged.patch()).unwrap();
        assert_eq!(patched, merged.value, "patch applied to theirs");
    }
    // Without serde_json's `preserve_order` members come sorted by name, and so do the report and
    // the patch.
    check(case, outcome, Merge::<Value>::patch_text, false, |text| {
        serde_json::from_str::<Value>(text).unwrap()
    });
}

#[test]
fn every_vector() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let (mut count, mut failed) = (0, Vec::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let file: File = serde_json::from_str(&fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in &file.cases {
            count += 1;
            let name = format!("{}: {}", path.file_stem().unwrap().display(), case.name);
            if std::panic::catch_unwind(|| run(case)).is_err() {
                eprintln!("^ {name}\n");
                failed.push(name);
            }
        }
    }
    assert!(failed.is_empty(), "{} of {count} failed:\n{}", failed.len(), failed.join("\n"));
    assert!(count >= 250, "only {count} vectors found");
}
