//! What a merge gave, in a form that can be compared.

use std::fmt::Write as _;

use json_patch::jsonptr;
use serde_json::Value;
use session_merge::{Conflict, Error, Rules, merge, merge_json};

use super::doc::{Doc, Lens, units};

/// One record of a report.
#[derive(Clone, Debug)]
pub struct Record {
    pub pointer: Vec<u8>,
    pub kind: &'static str,
    pub winner: Option<&'static str>,
    /// Base, theirs and mine.
    pub values: [Option<Doc>; 3],
}

/// What a merge returned.
#[derive(Clone, Debug)]
pub struct Merged {
    pub text: String,
    pub value: Doc,
    pub changed: bool,
    pub patch: Vec<(String, Vec<u16>, Option<Doc>)>,
    pub conflicts: Vec<Record>,
}

/// A merge, or the report of one that failed.
pub type Outcome = Result<Merged, Vec<Record>>;

impl Record {
    fn new<V: ToString>(conflict: &Conflict<V>) -> Self {
        let read = |value: &Option<V>| value.as_ref().map(|value| Doc::read(&value.to_string()));
        Self {
            pointer: conflict.pointer.as_bytes().to_vec(),
            kind: conflict.kind.as_str(),
            winner: conflict.winner.map(session_merge::Winner::as_str),
            values: [&conflict.base, &conflict.theirs, &conflict.mine].map(read),
        }
    }

    pub fn form(&self, lens: Lens) -> String {
        let values = self.values.iter().map(|value| value.as_ref().map(|value| value.form(lens)));
        let values: Vec<_> = values.collect();
        let pointer = String::from_utf8_lossy(&self.pointer);
        format!("{pointer} {} {:?} {values:?}", self.kind, self.winner)
    }
}

/// The report as a multiset.
pub fn report(records: &[Record], lens: Lens) -> Vec<String> {
    let mut forms: Vec<_> = records.iter().map(|record| record.form(lens)).collect();
    forms.sort();
    forms
}

/// The report, whether the merge failed or not.
pub fn records(outcome: &Outcome) -> &[Record] {
    match outcome {
        Ok(merged) => &merged.conflicts,
        Err(records) => records,
    }
}

pub fn compiled(rules: &Value) -> Rules {
    Rules::new(rules).unwrap()
}

fn outcome<V: ToString>(
    merged: Result<session_merge::Merge<V>, Error>,
    patch_text: impl Fn(&session_merge::Merge<V>) -> String,
) -> Outcome {
    match merged {
        Ok(merged) => {
            let text = merged.value.to_string();
            Ok(Merged {
                value: Doc::read(&text),
                text,
                changed: merged.changed,
                patch: patch(&patch_text(&merged)),
                conflicts: merged.conflicts.iter().map(Record::new).collect(),
            })
        }
        Err(error) => {
            let conflicts = error.conflicts().unwrap_or_else(|| panic!("{error}"));
            Err(conflicts.iter().map(Record::new).collect())
        }
    }
}

/// Merges as text.
pub fn text(docs: &[Doc; 3], rules: &Rules) -> Outcome {
    let [base, theirs, mine] = docs.each_ref().map(Doc::to_string);
    outcome(merge_json(&base, &theirs, &mine, rules), session_merge::Merge::<String>::patch_text)
}

/// Merges as values; what they hold must be [carried](super::triples::CARRIED).
///
/// # Panics
/// Where the patch, applied by the crate that defines it, does not give the result.
pub fn values(docs: &[Doc; 3], rules: &Rules) -> Outcome {
    let [base, theirs, mine] = docs.each_ref().map(value);
    let merged = merge(&base, &theirs, &mine, rules);
    if let Ok(merged) = &merged {
        let mut patched = theirs.clone();
        json_patch::patch(&mut patched, &merged.patch()).unwrap();
        let read = |value: &Value| Doc::read(&value.to_string()).form(super::doc::SAME);
        assert_eq!(read(&patched), read(&merged.value), "patch applied to theirs");
    }
    assert_eq!([base, theirs, mine], docs.each_ref().map(value), "inputs");
    outcome(merged, session_merge::Merge::<Value>::patch_text)
}

pub fn value(doc: &Doc) -> Value {
    serde_json::from_str(&doc.to_string()).unwrap()
}

/// Reads a patch: operation, path and value.
fn patch(text: &str) -> Vec<(String, Vec<u16>, Option<Doc>)> {
    let entry = |edit: &Doc| {
        let part = |name: &str| edit.member(&name.encode_utf16().collect::<Vec<_>>());
        let literal = |name: &str| match part(name) {
            Some(Doc::String(literal)) => literal.clone(),
            other => panic!("{name}: {other:?}"),
        };
        (literal("op"), units(&literal("path")), part("value").cloned())
    };
    Doc::read(text).elements().iter().map(entry).collect()
}

/// Applies a patch as RFC 6902 has it; its paths go through objects only.
pub fn patched(doc: &Doc, patch: &[(String, Vec<u16>, Option<Doc>)]) -> Doc {
    // A repeated name stands once in what a patch is applied to.
    let mut doc = Doc::read(&doc.to_string());
    for (operation, path, value) in patch {
        let mut place = &mut doc;
        let mut segments: Vec<_> =
            path.split(|&unit| unit == u16::from(b'/')).map(unescaped).collect();
        let last = if segments.len() > 1 { segments.pop() } else { None };
        for segment in segments.iter().skip(1) {
            let Doc::Object(members) = place else { panic!("no object on the way to {path:?}") };
            place = members
                .iter_mut()
                .find_map(|(name, member)| (units(name) == *segment).then_some(member))
                .unwrap();
        }
        let Some(last) = last else {
            *place = value.clone().unwrap();
            continue;
        };
        let Doc::Object(members) = place else { panic!("no object around {path:?}") };
        let at = members.iter().position(|(name, _)| units(name) == last);
        match (operation.as_str(), at) {
            (r#""add""#, None) => members.push((literal(&last), value.clone().unwrap())),
            (r#""replace""#, Some(at)) => members[at].1 = value.clone().unwrap(),
            (r#""remove""#, Some(at)) => drop(members.remove(at)),
            (operation, at) => panic!("{operation} at {at:?} of {path:?}"),
        }
    }
    doc
}

/// A segment of a pointer as the name it stands for.
fn unescaped(segment: &[u16]) -> Vec<u16> {
    let token = |text: &str| jsonptr::Token::from_encoded(text).unwrap().decoded().into_owned();
    match String::from_utf16(segment) {
        Ok(text) => token(&text).encode_utf16().collect(),
        // No name of the tests has both half a surrogate pair and something to unescape.
        Err(_) => segment.to_vec(),
    }
}

/// A name's literal with every unit escaped.
fn literal(name: &[u16]) -> String {
    let mut literal = String::from("\"");
    for unit in name {
        let _ = write!(literal, "\\u{unit:04x}");
    }
    literal + "\""
}
