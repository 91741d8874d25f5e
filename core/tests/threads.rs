//! What goes from one thread to another, and into other libraries' errors.

use std::error::Error as StdError;
use std::thread;

use serde_json::Value;
use session_merge::{
    Brief, Conflict, Error, Explanation, Merge, Pointer, Resolver, Rules, RulesError, merge_json,
};

fn crosses_threads<T: Send + Sync + 'static>() {}

#[test]
fn whatever_is_public_crosses_threads() {
    crosses_threads::<Rules>();
    crosses_threads::<Resolver>();
    crosses_threads::<Merge<Value>>();
    crosses_threads::<Merge<String>>();
    crosses_threads::<Brief>();
    crosses_threads::<Conflict<String>>();
    crosses_threads::<Pointer>();
    crosses_threads::<Explanation>();
    crosses_threads::<Error>();
    crosses_threads::<RulesError>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn errors_become_those_of_others_and_back() {
    let error = merge_json("[", "[]", "[]", &Rules::default()).unwrap_err();
    let boxed: Box<dyn StdError + Send + Sync> = error.into();
    assert!(boxed.downcast_ref::<Error>().is_some_and(Error::is_json));
    let refused: Box<dyn StdError + Send + Sync> = "[]".parse::<Rules>().unwrap_err().into();
    assert!(refused.is::<RulesError>());
}

#[test]
fn one_rule_set_serves_many_threads() {
    let smallest = |_: Option<&Value>, theirs: &Value, mine: &Value| {
        Ok(theirs.as_i64().min(mine.as_i64()).into())
    };
    let rules: Rules = r#"{"/n": "counter"}"#.parse().unwrap();
    let rules = rules.resolver("/least", Resolver::values(smallest)).unwrap();
    thread::scope(|scope| {
        for side in 1..=8 {
            let rules = &rules;
            scope.spawn(move || {
                let mine = format!(r#"{{"n":{side},"least":{side}}}"#);
                let theirs = r#"{"n":10,"least":5}"#;
                let merged = merge_json(r#"{"n":0,"least":0}"#, theirs, &mine, rules).unwrap();
                let (sum, least) = (10 + side, side.min(5));
                assert_eq!(merged.value, format!(r#"{{"n":{sum},"least":{least}}}"#));
            });
        }
    });
}
