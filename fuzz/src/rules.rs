//! Rule sets: such as compile, and anything that looks a little like one.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

const SEGMENTS: &[&str] = &["*", "**", "a", "b", "id", "n", "0", "1", "a*", "*e*", "x~0~1~2", ""];
const MODES: &[&str] =
    &["deep", "atomic", "counter", "set", "ordered", "append", "keyed", "text", "embedded"];
const WINNERS: &[&str] = &["mine", "theirs", "base", "max", "min", "fail", "latest"];
const DELETES: &[&str] = &["wins", "loses", "empties", "fail"];

fn pattern(u: &mut Unstructured<'_>) -> Result<String> {
    let count = u.int_in_range(0..=3)?;
    (0..count).map(|_| Ok(format!("/{}", u.choose(SEGMENTS)?))).collect()
}

fn winner(u: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match *u.choose(WINNERS)? {
        "latest" => json!({"latest": u.choose(&["n", "a"])?}),
        winner => json!(winner),
    })
}

fn rule(u: &mut Unstructured<'_>, depth: u32) -> Result<Value> {
    let mut rule = Map::new();
    let mut set = |key: &str, value: Value| rule.insert(key.to_owned(), value);
    if u.ratio(4, 5)? {
        let mode = *u.choose(MODES)?;
        set("merge", json!(mode));
        match mode {
            "counter" if u.arbitrary()? => {
                let min = u.int_in_range(-2..=3)?;
                set("min", json!(min));
                set("max", json!(f64::from(min) + 2.5));
            }
            "append" if u.arbitrary()? => {
                set("limit", json!(u.int_in_range(1..=4)?));
                set("unique", json!(u.arbitrary::<bool>()?));
            }
            "keyed" => {
                set("key", u.choose(&[json!("id"), json!(["id", "a"])])?.clone());
            }
            "embedded" if depth > 0 => {
                set("root", self::rule(u, depth - 1)?);
            }
            _ => {}
        }
    }
    if u.ratio(1, 3)? {
        set("conflict", winner(u)?);
    }
    if u.ratio(1, 3)? {
        set("delete", json!(u.choose(DELETES)?));
    }
    Ok(Value::Object(rule))
}

/// A rule set that compiles.
///
/// # Errors
/// When the bytes are used up.
pub fn rules(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut set = Map::new();
    for _ in 0..u.int_in_range(0..=4)? {
        set.insert(pattern(u)?, rule(u, 2)?);
    }
    if u.ratio(1, 4)? {
        set.insert("conflict".to_owned(), winner(u)?);
    }
    if u.ratio(1, 4)? {
        set.insert("delete".to_owned(), json!(u.choose(DELETES)?));
    }
    if u.ratio(1, 4)? {
        let parent = *u.choose(&["", "/*", "/**"])?;
        set.insert("groups".to_owned(), json!([[format!("{parent}/a"), format!("{parent}/*b*")]]));
    }
    if u.ratio(1, 4)? {
        set.insert("max_depth".to_owned(), json!(u.int_in_range(1..=8)?));
    }
    Ok(Value::Object(set))
}

/// JSON that takes its words from rule sets but not their grammar.
///
/// # Errors
/// When the bytes are used up.
pub fn anything(u: &mut Unstructured<'_>, depth: u32) -> Result<Value> {
    const WORDS: &[&[&str]] = &[MODES, WINNERS, DELETES, SEGMENTS, &["/~", "~3", "/a/~", "**/"]];
    const KEYS: &[&str] = &[
        "merge",
        "conflict",
        "delete",
        "groups",
        "max_depth",
        "min",
        "max",
        "limit",
        "unique",
        "key",
        "root",
        "latest",
        "resolver",
        "other",
    ];
    Ok(match u.int_in_range(0..=if depth == 0 { 4 } else { 8 })? {
        0 => {
            let words = *u.choose(WORDS)?;
            json!(u.choose(words)?)
        }
        1 => json!(u.arbitrary::<i64>()?),
        2 => json!(u.arbitrary::<f64>()?),
        3 => json!(u.arbitrary::<Option<bool>>()?),
        4 => json!(pattern(u)?),
        5 => {
            let count = u.int_in_range(0..=3)?;
            (0..count).map(|_| anything(u, depth - 1)).collect::<Result<Value>>()?
        }
        6 => rule(u, 1)?,
        _ => {
            let mut object = Map::new();
            for _ in 0..u.int_in_range(0..=4)? {
                let key = if u.arbitrary()? { pattern(u)? } else { (*u.choose(KEYS)?).to_owned() };
                object.insert(key, anything(u, depth - 1)?);
            }
            Value::Object(object)
        }
    })
}
