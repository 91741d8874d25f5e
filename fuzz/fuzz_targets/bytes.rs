//! Arbitrary bytes as base, theirs, mine and rules, with a zero byte between: a whole result or an
//! error with its place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use session_merge::{Error, Input, Rules, merge_json, merge_slice};

/// Whether serde_json reads the text, where it should: it knows no `NaN`, and no bound of depth.
fn second_opinion(text: &[u8]) -> Option<bool> {
    let beyond = [b"NaN".as_slice(), b"Infinity"];
    let has = |token: &[u8]| text.windows(token.len()).any(|window| window == token);
    (!beyond.into_iter().any(has)).then(|| serde_json::from_slice::<&RawValue>(text).is_ok())
}

/// An error of an input says where: within the text, or one past its end.
fn check_place(error: &Error, inputs: [&[u8]; 3]) {
    let Some(input) = error.input() else { return };
    let text = match input {
        Input::Base => inputs[0],
        Input::Theirs => inputs[1],
        Input::Mine => inputs[2],
    };
    if error.is_depth() {
        assert!(error.pointer().is_some());
        return;
    }
    let (line, column) = (error.line().unwrap(), error.column().unwrap());
    let row = text.split(|&byte| byte == b'\n').nth(line - 1).unwrap();
    assert!((1..=String::from_utf8_lossy(row).chars().count() + 1).contains(&column));
    assert_ne!(second_opinion(text), Some(true), "{error:?}");
}

fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|&byte| byte == 0);
    let inputs = [(); 3].map(|()| parts.next().unwrap_or_default());
    let [base, theirs, mine] = inputs;
    let rules = parts.next().and_then(|rules| str::from_utf8(rules).ok()?.parse().ok());
    let rules: Rules = rules.unwrap_or_default();

    // An atomic root is read strictly and from front to back, one text after the other.
    let atomic: Rules =
        format!(r#"{{"":"atomic","max_depth":{}}}"#, rules.max_depth()).parse().unwrap();
    let strict = merge_slice(base, theirs, mine, &atomic).err();

    match merge_slice(base, theirs, mine, &rules) {
        Ok(merged) => {
            assert!(strict.is_none(), "{strict:?}");
            assert!(inputs.iter().all(|text| second_opinion(text) != Some(false)));
            assert_ne!(second_opinion(merged.value.as_bytes()), Some(false));
            let strict: Rules = r#"{"":"atomic","max_depth":1024}"#.parse().unwrap();
            let again = merge_json("0", &merged.value, "0", &strict).unwrap();
            assert_eq!(again.value, merged.value);
            merge_json("0", &merged.patch_text(), "0", &strict).unwrap();
            let _ = merged.patch();
        }
        Err(error) => {
            check_place(&error, inputs);
            if let Some(strict) = strict {
                assert_eq!(strict.to_string(), error.to_string());
                assert_eq!(strict.input(), error.input());
            } else {
                // What is refused nevertheless: conflicts under `fail`, or depth within a string.
                assert!(error.conflicts().is_some() || error.is_depth() && error.input().is_none());
            }
        }
    }
});
