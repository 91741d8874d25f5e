//! Any JSON as a rule set: refused with a reason, or fit to merge with.
#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use session_merge::{Rules, merge_json};
use session_merge_fuzz::{documents::documents, rules::anything};

fuzz_target!(|data: &[u8]| {
    // As text for the fuzzer's dictionary, or else as choices from the words of rule sets.
    let (rules, rest) = match data.iter().position(|&byte| byte == 0) {
        Some(end) if data.starts_with(b"{") => {
            (serde_json::from_slice(&data[..end]).ok(), &data[end + 1..])
        }
        _ => (None, data),
    };
    let mut u = Unstructured::new(rest);
    let Some(rules) = rules.or_else(|| anything(&mut u, 4).ok()) else { return };
    match Rules::new(&rules) {
        Err(error) => assert!(!error.reason().is_empty()),
        Ok(compiled) => {
            let Ok([base, theirs, mine]) = documents(&mut u) else { return };
            let merged = merge_json(&base, &theirs, &mine, &compiled);
            if let Err(error) = merged {
                assert!(error.conflicts().is_some() || error.is_depth(), "{error}");
            }
        }
    }
});
