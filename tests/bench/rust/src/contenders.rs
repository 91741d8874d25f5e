//! Everybody who takes part.

use std::hint::black_box;

use serde::de::IgnoredAny;
use serde_json::Value;
use session_merge::{merge, merge_json, merge_slice};

#[cfg(feature = "peers")]
use crate::heavy;
use crate::triples::Triple;
use crate::{document, lazy};

/// Something to measure.
pub struct Contender<'a> {
    /// What it is called in the record.
    pub name: &'static str,
    /// Does it once, and returns how much there is to show for it.
    pub run: Box<dyn FnMut() -> usize + 'a>,
}

/// The documents of these shapes are merged by the peers too; the others only show how a merge
/// grows.
const EVERYDAY: [&str; 5] = ["session", "clean", "only-theirs", "only-mine", "spaced"];

/// All who can do something with a triple.
#[must_use]
pub fn contenders<'a>(triple: &'a Triple) -> Vec<Contender<'a>> {
    let mut all = Vec::new();
    let mut enter = |name, run: Box<dyn FnMut() -> usize + 'a>| all.push(Contender { name, run });
    let Triple { base, theirs, mine, rules, .. } = triple;
    enter(
        "merge_json",
        Box::new(|| merge_json(base, theirs, mine, rules).map_or(0, |merged| merged.value.len())),
    );
    enter("memcpy", copies([base, theirs, mine]));
    let peers = EVERYDAY.contains(&triple.shape());
    if let (Ok(values), true) = (triple.values(), triple.bytes() < 10_000_000) {
        enter("serde_json x3", Box::new(|| triple.values().map_or(0, |values| values.len())));
        let [base, theirs, mine] = values;
        enter(
            "merge",
            Box::new(move || {
                let merged = merge(&base, &theirs, &mine, rules);
                merged.map_or(0, |merged| usize::from(merged.value.is_object()))
            }),
        );
    }
    if triple.bytes() < 1_000_000 {
        let changed = if theirs == base { mine } else { theirs };
        enter("validate serde_json", Box::new(|| validate_serde(changed)));
        #[cfg(feature = "peers")]
        {
            enter("validate sonic-rs", Box::new(|| heavy::validate_sonic(changed)));
            enter("validate simd-json", heavy::validate_simd(changed));
        }
    }
    if peers && triple.bytes() < 10_000_000 {
        enter(
            "merge_slice",
            Box::new(|| {
                let merged =
                    merge_slice(base.as_bytes(), theirs.as_bytes(), mine.as_bytes(), rules);
                merged.map_or(0, |merged| merged.value.len())
            }),
        );
        enter(
            "serde_json x3, merge, print",
            Box::new(|| document::merge(base, theirs, mine).map_or(0, |text| text.len())),
        );
        enter(
            "lazy RawValue",
            Box::new(|| lazy::merge(base, theirs, mine).map_or(0, |text| text.len())),
        );
        enter("json-patch", Box::new(|| patch(triple).map_or(0, |text| text.len())));
        #[cfg(feature = "peers")]
        if heavy::suture(triple).is_some() {
            enter(
                "suture-driver-json",
                Box::new(|| heavy::suture(triple).map_or(0, |text| text.len())),
            );
        }
    }
    all
}

/// Whether those who merge agree about the result.
///
/// # Errors
/// Names who does not.
pub fn agree(triple: &Triple) -> Result<(), String> {
    let Triple { base, theirs, mine, rules, .. } = triple;
    let merged = merge_json(base, theirs, mine, rules).map_err(|error| error.to_string())?.value;
    if !EVERYDAY.contains(&triple.shape()) || triple.bytes() > 10_000_000 {
        return Ok(());
    }
    let read = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
    let merged = read(&merged)?;
    let others = [
        ("serde_json x3, merge, print", document::merge(base, theirs, mine)),
        ("lazy RawValue", lazy::merge(base, theirs, mine)),
    ];
    for (name, text) in others {
        if read(&text.map_err(|error| error.to_string())?)? != merged {
            return Err(format!("{}: {name} merges otherwise", triple.name));
        }
    }
    Ok(())
}

/// What mine changed, applied to theirs.
fn patch(triple: &Triple) -> Option<String> {
    let [base, mut theirs, mine] = triple.values().ok()?;
    json_patch::patch(&mut theirs, &json_patch::diff(&base, &mine)).ok()?;
    serde_json::to_string(&theirs).ok()
}

fn copies(texts: [&str; 3]) -> Box<dyn FnMut() -> usize + '_> {
    let mut into = texts.map(|text| vec![0_u8; text.len()]);
    Box::new(move || {
        for (text, into) in texts.iter().zip(&mut into) {
            into.copy_from_slice(black_box(text.as_bytes()));
            black_box(&mut *into);
        }
        into.len()
    })
}

fn validate_serde(text: &str) -> usize {
    usize::from(serde_json::from_str::<IgnoredAny>(text).is_ok())
}
